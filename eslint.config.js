import ts from 'typescript';
import tseslint from 'typescript-eslint';

/**
 * A record that is asked for a key which came from elsewhere answers with what every object inherits where that key is
 * `constructor`: such keys are looked up by ownValue, that knows only what stands there.
 */
const ownValues = {
  meta: { type: 'problem', schema: [], messages: { own: 'look up a key that is no literal by ownValue(record, key)' } },
  create: (context) => ({
    'MemberExpression[computed=true], BinaryExpression[operator="in"]': (node) => {
      const services = context.sourceCode.parserServices;
      const type = services.getTypeAtLocation(node.type === 'MemberExpression' ? node.property : node.left);
      const isText = (type.flags & (ts.TypeFlags.String | ts.TypeFlags.TemplateLiteral)) !== 0;
      const isWritten = node.parent.type === 'AssignmentExpression' && node.parent.left === node;
      if (isText && !isWritten) context.report({ node, messageId: 'own' });
    },
  }),
};

/** Files up to 250 lines, functions up to 50, parameters up to 4: the linter holds the numbers so that reviews need not. */
const size = {
  'max-lines': ['error', { max: 250 }],
  'max-lines-per-function': ['error', { max: 50 }],
  'max-params': ['error', 4],
};

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'src/prompts/assets.ts', 'src/web/page-assets.ts'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...size,
      eqeqeq: 'error',
      'no-console': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  {
    files: ['src/**/*.ts', 'src/**/*.tsx'],
    ignores: ['src/core/own-value.ts'],
    plugins: { autoloop: { rules: { 'own-values': ownValues } } },
    rules: { 'autoloop/own-values': 'error' },
  },
  {
    // A suite is one long function of many small ones: its length says nothing.
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/require-await': 'off',
      'no-console': 'off',
    },
  },
);
