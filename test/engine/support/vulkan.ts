import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where Debian's and Google's packages put Chromium, which carries a software Vulkan driver (SwiftShader) and the Vulkan loader. */
const CHROMIUM_FOLDERS = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];

/**
 * The environment in which a process finds a software Vulkan driver, so that the WebGPU provider can be tested without a GPU; `undefined`
 * where there is none.
 */
export function softwareVulkan(): Record<string, string> | undefined {
  const folder = CHROMIUM_FOLDERS.find((folder) => existsSync(join(folder, 'vk_swiftshader_icd.json')));
  if (folder === undefined || process.platform !== 'linux') return undefined;
  const driver = join(folder, 'vk_swiftshader_icd.json');
  // The loader reads the first name since 1.3.207, the second before.
  const drivers = { VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver };
  // Dawn looks the loader up by name; Chromium's own lies beside its program.
  const loader = readdirSync(folder).some((file) => file.startsWith('libvulkan.so'));
  return loader
    ? { ...drivers, LD_LIBRARY_PATH: [folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':') }
    : drivers;
}
