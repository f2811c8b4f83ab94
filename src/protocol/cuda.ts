import type { RequestType } from './messages';

/** What setting CUDA up would bring, and what there is. Bytes are those of downloads. */
export interface CudaPlan {
  /** Whether ONNX Runtime's provider is in the user's cache. */
  readonly provider: boolean;
  /** Bytes of the provider where it is not. */
  readonly providerBytes: number;
  /** NVIDIA's libraries that are not on this machine, by their file names, and the bytes of the wheels that have them. */
  readonly missing: readonly string[];
  readonly missingBytes: number;
  /** Whether anything of it is in the user's cache that could be removed. */
  readonly removable: boolean;
  /** What is wrong with NVIDIA's driver, in one line. */
  readonly driver?: string;
}

/** Client → server: say what a set-up would bring. Fails with one line where ONNX Runtime has no CUDA on this machine. */
export const PlanCuda: RequestType<null, CudaPlan> = { method: 'rowlight/planCuda' };

/**
 * Client → server: bring it into the user's cache; `TransferringModel` tells of the bytes, under the id {@link CUDA_TRANSFER}. `from`: a wheel on this machine or
 * a folder of wheels, in the place of the network. `proxy`: that of the editor's settings, empty where they name none. Can be cancelled: what has come is
 * kept. Answers the libraries that are still missing.
 */
export const SetUpCuda: RequestType<
  { readonly withLibraries: boolean; readonly from?: string; readonly proxy: string },
  { readonly folder: string; readonly missing: readonly string[] }
> = { method: 'rowlight/setUpCuda' };

/** Client → server: remove all of it from the user's cache. Answers the bytes that are free again. */
export const RemoveCuda: RequestType<null, { readonly bytes: number }> = { method: 'rowlight/removeCuda' };

/** Under which id the progress of {@link SetUpCuda} is told. */
export const CUDA_TRANSFER = 'cuda';
