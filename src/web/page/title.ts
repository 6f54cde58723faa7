import { useEffect } from 'preact/hooks';
import type { StatusDocument } from '../../inspect/status-document.ts';
import { wordText } from './format.ts';
import { needOf } from './need.ts';

/** The document's title: what a tab among many says. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title;
  }, [title]);
}

/** The title of a page of a run, which begins with a sign while somebody is needed; `part` is null on the run's own page. */
export function useRunTitle(part: string | null, status: StatusDocument | null): void {
  useTitle(titleOf(part, status));
}

function titleOf(part: string | null, status: StatusDocument | null): string {
  if (status === null) return part === null ? 'Autoloop' : `${part} · Autoloop`;
  const parts = part === null ? [status.task_id, wordText(status.status)] : [part, status.task_id];
  return `${needOf(status).isPerson ? '? ' : ''}${parts.join(' · ')}`;
}
