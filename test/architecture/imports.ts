import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** The root of the source tree. */
export const SOURCE = fileURLToPath(new URL('../../src/', import.meta.url));

export interface Import {
  /** The importing file, relative to `src/`. */
  readonly from: string;
  /** A file relative to `src/` (or to the project, with `../`), or the name of a package or of a node module. */
  readonly to: string;
  readonly isTypeOnly: boolean;
  /** It is loaded when the code comes to it. */
  readonly isDynamic: boolean;
  /** What is taken of it by name, types left out; `*`: all of it. */
  readonly names: readonly string[];
}

/** Every import of every source file: static ones, dynamic ones, types and re-exports. */
export function importsOf(root: string = SOURCE): readonly Import[] {
  return sourceFiles(root).flatMap((from) => {
    const text = readFileSync(path.join(root, from), 'utf8');
    return specifiersIn(text, from).map(({ specifier, ...how }) => {
      const isRelative = specifier.startsWith('.');
      return {
        from,
        ...how,
        to: isRelative ? path.join(path.dirname(from), specifier) : packageName(specifier),
      };
    });
  });
}

export function sourceFiles(root: string = SOURCE): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .sort();
}

type Specified = Omit<Import, 'from' | 'to'> & { readonly specifier: string };

function specifiersIn(text: string, file: string): Specified[] {
  const found: Specified[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const isTypeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
      const names = namesIn(node.importClause);
      found.push({ specifier: node.moduleSpecifier.text, isTypeOnly, isDynamic: false, names });
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
      const { isTypeOnly } = node;
      found.push({ specifier: node.moduleSpecifier.text, isTypeOnly, isDynamic: false, names: ['*'] });
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments;
      if (specifier && ts.isStringLiteral(specifier)) {
        found.push({ specifier: specifier.text, isTypeOnly: false, isDynamic: true, names: ['*'] });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  return found;
}

function namesIn(clause: ts.ImportClause | undefined): readonly string[] {
  if (clause === undefined) return [];
  const bindings = clause.namedBindings;
  const whole = clause.name !== undefined || (bindings !== undefined && ts.isNamespaceImport(bindings)) ? ['*'] : [];
  if (bindings === undefined || !ts.isNamedImports(bindings)) return whole;
  const named = bindings.elements.filter(({ isTypeOnly }) => !isTypeOnly);
  return [...whole, ...named.map(({ name, propertyName }) => (propertyName ?? name).text)];
}

function packageName(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
