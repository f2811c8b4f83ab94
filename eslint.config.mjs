import tseslint from 'typescript-eslint';

/** What each folder may not import: the borders of ARCHITECTURE.md, held by lint. */
const NATIVE = ['onnxruntime-node', 'onnxruntime-common', '@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'];
const LSP = ['vscode-languageserver', 'vscode-languageserver/*', 'vscode-languageclient', 'vscode-languageclient/*'];
const EDITOR = ['vscode'];
const NODE = ['node:*', 'fs', 'path', 'child_process', 'worker_threads', 'os'];

/** @param {string[]} files @param {string[]} packages @param {string[]} folders relative folder globs */
function forbid(files, packages, folders = []) {
  return {
    files,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: packages, message: 'See "Borders" in ARCHITECTURE.md.' },
            ...(folders.length ? [{ group: folders, message: 'See "Borders" in ARCHITECTURE.md.' }] : []),
          ],
        },
      ],
    },
  };
}

export default tseslint.config(
  { ignores: ['node_modules', 'dist', '.cache', '.e2e', '.venv', 'models', 'samples'] },
  ...tseslint.configs.strict,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  { files: ['src/**/*.ts', 'media/**/*.ts'], rules: { 'no-console': 'error' } },
  // The test runner itself awaits what `test` and `describe` return.
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-floating-promises': 'off' } },
  forbid(['src/protocol/**'], [...NATIVE, ...LSP, ...EDITOR, ...NODE], ['**/server/**', '**/extension/**']),
  forbid(['src/report/**'], [...NATIVE, ...LSP, ...EDITOR, ...NODE], ['**/server/**', '**/extension/**']),
  forbid(['media/**'], [...NATIVE, ...LSP, ...EDITOR, ...NODE], ['**/server/**', '**/extension/**']),
  forbid(['src/extension/**'], [...NATIVE, 'vscode-languageserver', 'vscode-languageserver/*'], ['**/server/**']),
  forbid(
    ['src/server/*.ts', 'src/server/{cli,corpus,runs,host}/**'],
    [...NATIVE, ...LSP, ...EDITOR],
    ['**/extension/**'],
  ),
  forbid(
    ['src/server/lsp/**', 'src/server/main.ts'],
    [...NATIVE, ...EDITOR, 'vscode-languageclient'],
    ['**/extension/**'],
  ),
  forbid(['src/server/engine/**'], [...LSP, ...EDITOR], ['**/extension/**', '**/lsp/**']),
  forbid(
    ['src/server/{data,tokenizer,model,training,inference,pretraining}/**'],
    [...NATIVE, ...LSP, ...EDITOR, ...NODE],
    [
      '**/extension/**',
      '**/lsp/**',
      '**/runs/**',
      '**/cli/**',
      '**/corpus/**',
      '**/host/**',
      '**/engine/onnx/**',
      '**/engine/tensorflow/**',
    ],
  ),
);
