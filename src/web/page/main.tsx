import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { takeToken } from './connection.ts';
import { Paper, Papers } from './papers.tsx';
import { Report } from './report.tsx';
import { Run } from './run.tsx';
import { Tasks } from './tasks.tsx';
import { Turn } from './turn.tsx';

/** The page's address says what it shows: `#/`, `#/RUN`, `#/RUN/TURN` or `#/RUN/papers[/NAME]`, `#/RUN/report`. */
function Page() {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => {
      setHash(location.hash);
      scrollTo(0, 0);
    };
    addEventListener('hashchange', follow);
    setHash(location.hash); // It may have changed before anybody listened.
    return () => removeEventListener('hashchange', follow);
  }, []);
  const [run = '', part = '', ...rest] = hash.replace(/^#\/?/, '').split('/').map(decoded);
  if (!/^run-[\w-]+$/.test(run)) return <Tasks />;
  if (part === 'papers')
    return rest.length === 0 ? <Papers runId={run} /> : <Paper runId={run} name={rest.join('/')} />;
  if (part === 'report') return <Report key={run} runId={run} />;
  if (/^\d+$/.test(part)) return <Turn key={`${run}/${part}`} runId={run} turn={Number(part)} />;
  return <Run key={run} runId={run} />;
}

/** An address that somebody mangled is shown as it is. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

takeToken();
const place = document.querySelector('#page');
if (place !== null) render(<Page />, place);
