import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { commentForm } from './test/lint/comment-form.mjs';
import { noElapsedTime } from './test/lint/no-elapsed-time.mjs';

const nodeBuiltins = {
  patterns: [{ group: ['node:*'], message: 'Workflow and domain code is pure: no Node built-ins (it must replay).' }],
};

export default tseslint.config(
  {
    ignores: [
      'node_modules',
      '.cache',
      '.stack',
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
      'max-lines': ['warn', { max: 250, skipBlankLines: true, skipComments: true }],
    },
  },
  { files: ['src/domain/**', 'src/workflows/**'], rules: { 'no-restricted-imports': ['error', nodeBuiltins] } },
  {
    files: ['test/**', 'bench/**'],
    rules: { 'max-lines': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  { files: ['**/*.test.ts'], rules: { 'sluice/no-elapsed-time': 'error' } },
  // TODO at the merge of the end-to-end tests: take this block out.
  { files: ['test/e2e/**', 'test/contract/**'], rules: { 'sluice/no-elapsed-time': 'off' } },
);
