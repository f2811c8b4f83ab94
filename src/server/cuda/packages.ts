import table from './packages.json';

/** A wheel of PyPI, which is a zip archive, and what of it is needed. */
export interface WheelPackage {
  readonly name: string;
  readonly version: string;
  readonly file: string;
  /** Bytes of the wheel. */
  readonly size: number;
  readonly sha256: string;
  /** The libraries in it by their file names, with their bytes. */
  readonly libraries: Readonly<Record<string, number>>;
}

/** What CUDA needs for one version of ONNX Runtime on Linux x64. */
export interface PackageTable {
  /** The version of onnxruntime-node that these are for. */
  readonly onnxruntime: string;
  /** ONNX Runtime's provider first, then NVIDIA's libraries in the order in which they must be loaded. */
  readonly packages: readonly WheelPackage[];
}

/** Pinned by scripts/cuda-packages.mjs. */
export const PACKAGES: PackageTable = table;

/** The oldest driver for CUDA 13 (its release notes). */
export const OLDEST_DRIVER = 580;

/** ONNX Runtime's own package: the provider. */
export const providerPackage = ({ packages }: PackageTable): WheelPackage => packages[0]!;

/** NVIDIA's packages, which many machines have from elsewhere. */
export const libraryPackages = ({ packages }: PackageTable): readonly WheelPackage[] => packages.slice(1);
