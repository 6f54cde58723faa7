/** What request.md says of a run that nobody gave a request (spec: state.md, request.md). */
const NO_REQUEST =
  'No explicit request was given for this run. The artifacts in this repository and explicit clarifications stand in for it.';

/** The content of request.md for a request; null or blank: none was given. */
export function requestFileText(request: string | null): string {
  return `${request?.trim() || NO_REQUEST}\n`;
}

/** The request in a request.md; null when there is none in it. */
export function requestIn(text: string | null): string | null {
  const request = text?.trim() ?? '';
  return request === '' || request === NO_REQUEST ? null : request;
}
