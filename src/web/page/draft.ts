import { useState } from 'preact/hooks';

/**
 * What somebody has begun to write to a run. It is there again after they have read another page, or the browser has let this one go,
 * and is kept in this window alone.
 */
export function useDraft(runId: string, what: string): readonly [string, (text: string) => void] {
  const key = `draft ${runId} ${what}`;
  const [text, setText] = useState(() => sessionStorage.getItem(key) ?? '');
  const write = (now: string) => {
    setText(now);
    if (now === '') sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, now);
  };
  return [text, write];
}
