import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import reactHooks from 'eslint-plugin-react-hooks';
import { commentForm } from './test/lint/comment-form.mjs';
import { noElapsedTime } from './test/lint/no-elapsed-time.mjs';

const nodeBuiltins = {
  patterns: [{ group: ['node:*'], message: 'Workflow and domain code is pure: no Node built-ins (it must replay).' }],
};

const product = ['src/**', 'stack/**', 'observer/**', 'demo/**', 'bench/**', 'docs/**'];
const testMachinery = ['test/fakes/**', 'test/world/**', 'test/support/**', 'test/scenarios/**'];

export default tseslint.config(
  {
    ignores: [
      'node_modules',
      '.cache',
      '.stack',
      'dist',
      '**/target',
      'eslint.config.js',
      '.dependency-cruiser.cjs',
      '**/*.mjs',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    plugins: { sluice: { rules: { 'comment-form': commentForm, 'no-elapsed-time': noElapsedTime } } },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { ignoreRestSiblings: true, argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      'no-console': 'error',
    },
  },
  { files: ['src/domain/**', 'src/workflows/**'], rules: { 'no-restricted-imports': ['error', nodeBuiltins] } },
  {
    files: ['test/**', 'bench/**'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  { files: ['**/*.test.ts'], rules: { 'sluice/no-elapsed-time': 'error' } },
  { ...reactHooks.configs.flat.recommended, files: ['src/ui/**'] },
  // A closure that builds an object of functions counts as a function. Test files are exempt: their `describe` is one.
  // The tables in src/domain/errors/ are exempt from max-lines by a comment of their own, which says why.
  {
    files: [...product, ...testMachinery],
    ignores: ['**/*.test.ts'],
    rules: { 'max-lines': ['error', 300], 'max-lines-per-function': ['error', 60] },
  },
  { rules: { 'sluice/comment-form': 'error' } },
);
