import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const passedIn = 'is passed in, never taken: use the Clock, Random or ids from src/base (CONTRIBUTING.md).';
const ambient = [
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: `Time ${passedIn}` },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: `Time ${passedIn}` },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: `Randomness ${passedIn}` },
  { selector: "MemberExpression[object.name='performance'][property.name='now']", message: `Time ${passedIn}` },
  { selector: "CallExpression[callee.name='randomUUID']", message: `Ids ${passedIn}` },
  { selector: "MemberExpression[property.name='randomUUID']", message: `Ids ${passedIn}` },
  {
    selector: 'CallExpression[callee.name=/^(setTimeout|setInterval|setImmediate)$/]',
    message: `Timers ${passedIn}`,
  },
];

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'var', 'coverage', 'schemas', '**/*.js', '**/*.cjs', '**/*.mjs'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-restricted-syntax': ['error', ...ambient],
      'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
    },
  },
  { files: ['src/base/**'], rules: { 'no-restricted-syntax': 'off' } },
);
