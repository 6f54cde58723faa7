import { useEffect } from 'preact/hooks';

/** The document's title: what a tab among many says. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title;
  }, [title]);
}
