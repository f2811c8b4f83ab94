/** A graphics driver among the libraries that a process loaded. */
export interface Driver {
  /** As people know it, with its version where the file's name has one: `NVIDIA 580.159.04`, `SwiftShader`. */
  readonly name: string;
  /** Whether it computes on the processor. */
  readonly software: boolean;
}

/** Drivers by the names of their libraries, of Vulkan (Linux), Direct3D 12 (Windows) and Metal (macOS). */
const KNOWN: readonly (readonly [RegExp, string, 'software'?])[] = [
  [/vk_swiftshader/, 'SwiftShader', 'software'],
  [/vulkan_lvp/, 'llvmpipe', 'software'],
  [/d3d10warp/, 'WARP (Microsoft Basic Render)', 'software'],
  [/libGLX_nvidia|libnvidia-(vulkan|glcore|gpucomp|eglcore)|libcuda\.so|nvwgf2um|nvldumd|nvcuda\.dll/, 'NVIDIA'],
  [/vulkan_radeon|amdvlk|amdxc(32|64)|amdxx(32|64)/, 'AMD'],
  [/vulkan_intel|igd1\dum|igc(32|64)|igd\w*umd/, 'Intel'],
  [/vulkan_nouveau/, 'NVIDIA (Nouveau)'],
  [/vulkan_(freedreno|asahi|panfrost|broadcom|powervr|dzn|virtio)/, 'Mesa'],
  [/qcdx\w*/, 'Qualcomm'],
  [/AGXMetal|AppleMetal/, 'Apple'],
];

/**
 * The graphics drivers among the libraries of a process that made a session. ONNX Runtime's binding tells nothing of the adapter that it chose, but
 * what it chose was loaded.
 * @param libraries paths, as Node's diagnostic report lists them
 */
export function driversAmong(libraries: readonly string[]): Driver[] {
  const found = new Map<string, Driver>();
  for (const path of libraries) {
    const file = path.split(/[\\/]/).at(-1)!;
    for (const [pattern, name, software] of KNOWN) {
      if (!pattern.test(file)) continue;
      const version = /\.so\.(\d+\.\d+(\.\d+)*)$/.exec(file)?.[1];
      const known = found.get(name);
      if (known === undefined || (version !== undefined && known.name === name))
        found.set(name, {
          name: version === undefined ? name : `${name} ${version}`,
          software: software !== undefined,
        });
    }
  }
  return [...found.values()];
}

/** Whether all that could compute is the processor: some driver was loaded, and none of a card. */
export function isSoftware(drivers: readonly Driver[]): boolean {
  return drivers.length > 0 && drivers.every(({ software }) => software);
}
