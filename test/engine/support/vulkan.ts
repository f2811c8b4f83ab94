import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PATIENCE_MS } from '../../support/until';

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

/**
 * The driver that tests of float16 run under: the one whose manifest `ROWLIGHT_TEST_VULKAN` names, such as llvmpipe's of Mesa 25, which computes float16,
 * else SwiftShader, which does not.
 */
export function vulkanForFloat16(): Record<string, string> | undefined {
  const told = process.env.ROWLIGHT_TEST_VULKAN;
  return told === undefined ? softwareVulkan() : { ...softwareVulkan(), VK_DRIVER_FILES: told, VK_ICD_FILENAMES: told };
}

/** Runs a test file once more as a process of its own, since a driver is found when a process starts; it answers one JSON value on standard output. */
export async function runAgain<Answer>(file: string, environment: Record<string, string>): Promise<Answer> {
  const env: NodeJS.ProcessEnv = { ...process.env, ...environment };
  // Else the child would report to the test runner.
  delete env.NODE_TEST_CONTEXT;
  // A software driver on a busy machine takes its time; what hangs is to end.
  const options = { env, maxBuffer: 2 ** 28, timeout: PATIENCE_MS };
  const { stdout } = await promisify(execFile)(process.execPath, [file], options);
  return JSON.parse(stdout) as Answer;
}
