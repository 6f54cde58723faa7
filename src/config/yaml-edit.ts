import { type Document, isCollection, parseDocument } from 'yaml';

/** A value and the path of keys that it is set at. */
export type YamlChange = readonly [path: readonly string[], value: unknown];

/**
 * The text of one YAML document with these values set. Comments, order and everything else stay; a section that is empty becomes one
 * with keys. Null: something stands in the way that is no mapping, or the text is no YAML.
 */
export function changeYaml(text: string, changes: readonly YamlChange[]): string | null {
  const document = parseDocument(text, { version: '1.2', logLevel: 'silent' });
  if (document.errors.length > 0) return null;
  const due = changes.filter(([path, value]) => document.getIn(path) !== value);
  if (due.length === 0) return text;
  for (const [path, value] of due) {
    if (!openSections(document, path)) return null;
    document.setIn(path, value);
  }
  const written = document.toString({ lineWidth: 0, flowCollectionPadding: /\{ |\[ /.test(text) });
  return text.includes('\r\n') ? written.replace(/\r?\n/g, '\r\n') : written;
}

/** Makes mappings of the empty sections on a path; false where one is something else. */
function openSections(document: Document, path: readonly string[]): boolean {
  for (let depth = 0; depth < path.length; depth++) {
    const above = path.slice(0, depth);
    const section: unknown = depth === 0 ? document.contents : document.getIn(above, true);
    if (isCollection(section)) continue;
    if (section !== null && section !== undefined && document.getIn(above) !== null) return false;
    if (depth === 0) document.contents = document.createNode({});
    else document.setIn(above, document.createNode({}));
  }
  return true;
}
