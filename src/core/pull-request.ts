/** Where a remote's repository is on a server with pages. */
export interface RemotePlace {
  readonly host: string;
  /** `owner/name`, of some servers with more parts. */
  readonly name: string;
}

/** Null: an address that no server with pages has, such as a folder's. */
export function remotePlace(address: string): RemotePlace | null {
  const [, scpHost, scpPath] = /^(?:[^@/:\s]+@)?([\w.-]+):(?!\/\/)([^\s]+)$/.exec(address) ?? [];
  if (scpHost !== undefined && scpPath !== undefined) return placeOf(scpHost, scpPath);
  const [, scheme, host, path] =
    /^(https?|ssh|git):\/\/(?:[^@/\s]*@)?([\w.-]+)(?::\d+)?\/([^\s?#]+)$/.exec(address) ?? [];
  return scheme === undefined || host === undefined || path === undefined ? null : placeOf(host, path);
}

function placeOf(host: string, path: string): RemotePlace | null {
  const name = path.replace(/^\/+|\/+$/g, '').replace(/\.git$/, '');
  return /^[\w.~-]+(?:\/[\w.~-]+)+$/.test(name) ? { host, name } : null;
}

/** The page on which a person opens a pull request of a branch; `answer`: what the server said when it was pushed. Null: none is known. */
export function openingPage(
  answer: string,
  { place, branch }: { place: RemotePlace | null; branch: string },
): string | null {
  const told = answer.split('\n').filter((line) => line.startsWith('remote:'));
  const page = told.map(pageIn).find((one) => one !== null) ?? null;
  if (page !== null || place === null) return page;
  const encoded = branch.split('/').map(encodeURIComponent).join('/');
  const base = `https://${place.host}/${place.name}`;
  return /gitlab/.test(place.host)
    ? `${base}/-/merge_requests/new?merge_request%5Bsource_branch%5D=${encodeURIComponent(branch)}`
    : `${base}/pull/new/${encoded}`;
}

/** The last address in a text; null: there is none. */
export function pageIn(text: string): string | null {
  return text.match(/https?:\/\/[^\s\p{C}]+/gu)?.at(-1) ?? null;
}
