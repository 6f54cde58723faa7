import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Rig } from './rig.ts';

export const URL_OF_PR = 'https://git.example/acme/tool/pull/7';

/** A `gh` that keeps what it is called with, and one pull request for each branch. Returns all of its calls so far. */
export function installGh(rig: Rig): () => string {
  const [kept, open] = ['gh.calls', 'gh.open'].map((name) => path.join(rig.sandbox.root, name));
  const script = `#!/bin/sh
printf '%s\\n' "$*" >> '${kept}'
verb=$2
while [ $# -gt 0 ]; do
  case "$1" in --head) open='${open}'.$(printf '%s' "$2" | tr / -) ;; --body-file) cat "$2" >> '${kept}' ;; esac
  shift
done
case "$verb" in
list) [ -e "$open" ] && printf '[{"url":"${URL_OF_PR}"}]\\n' || echo '[]' ;;
create) touch "$open"; echo '${URL_OF_PR}' ;;
*) exit 9 ;;
esac
`;
  const file = path.join(rig.sandbox.root, 'bin/gh');
  writeFileSync(file, script);
  chmodSync(file, 0o755);
  return () => (existsSync(kept ?? '') ? readFileSync(kept ?? '', 'utf8') : '');
}
