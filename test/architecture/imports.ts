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
}

/** Every import of every source file: static ones, dynamic ones, types and re-exports. */
export function importsOf(root: string = SOURCE): readonly Import[] {
  return sourceFiles(root).flatMap((from) => {
    const text = readFileSync(path.join(root, from), 'utf8');
    return specifiersIn(text, from).map(({ specifier, isTypeOnly }) => {
      const isRelative = specifier.startsWith('.');
      return { from, isTypeOnly, to: isRelative ? path.join(path.dirname(from), specifier) : packageName(specifier) };
    });
  });
}

export function sourceFiles(root: string = SOURCE): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .sort();
}

function specifiersIn(text: string, file: string): { specifier: string; isTypeOnly: boolean }[] {
  const found: { specifier: string; isTypeOnly: boolean }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const isTypeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
      found.push({ specifier: node.moduleSpecifier.text, isTypeOnly });
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
      found.push({ specifier: node.moduleSpecifier.text, isTypeOnly: node.isTypeOnly });
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments;
      if (specifier && ts.isStringLiteral(specifier)) found.push({ specifier: specifier.text, isTypeOnly: false });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  return found;
}

function packageName(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
