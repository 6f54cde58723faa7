import { useState } from 'preact/hooks';
import type { TaskRow } from '../documents.ts';
import { costText } from './format.ts';
import { useTasks } from './live.ts';
import { Ago, Badge, Head, LiveMark, NeedMark, Trouble } from './parts.tsx';
import { useTitle } from './title.ts';

const AT_ONCE = 100;

/** All tasks of the workspace: what needs a person first, then the latest. */
export function Tasks() {
  const { workspace, tasks, liveness, error } = useTasks();
  const [filter, setFilter] = useState('');
  const [most, setMost] = useState(AT_ONCE);
  const needing = (tasks ?? []).filter((task) => task.needs_person).length;
  useTitle(`${needing > 0 ? `? ${String(needing)} ` : ''}${lastPart(workspace)} · Autoloop`);
  const found = (tasks ?? []).filter(({ task_id }) => task_id.toLowerCase().includes(filter.toLowerCase().trim()));
  return (
    <>
      <Head title={lastPart(workspace)}>
        <LiveMark liveness={liveness} />
      </Head>
      <main>
        {error !== null && <Trouble error={error} />}
        {tasks !== null && (
          <>
            <div class="lead" role="status">
              {tasks.length > 0 && (
                <NeedMark need={{ isPerson: needing > 0, text: needing > 0 ? 'You are needed' : 'Nobody is needed' }} />
              )}
              <p>{leadOf(tasks.length, needing)}</p>
            </div>
            {tasks.length > 1 && (
              <input
                type="search"
                placeholder="Filter by name"
                aria-label="Filter tasks by name"
                value={filter}
                onInput={(event) => setFilter(event.currentTarget.value)}
              />
            )}
            {found.length === 0 && tasks.length > 0 && <p class="quiet">No task has a name like that.</p>}
            <ul class="tasks">
              {found.slice(0, most).map((task) => (
                <Task key={task.task_id} task={task} />
              ))}
            </ul>
            {found.length > most && (
              <button type="button" onClick={() => setMost(most + AT_ONCE)}>
                Show {Math.min(AT_ONCE, found.length - most)} more of {found.length}
              </button>
            )}
          </>
        )}
      </main>
    </>
  );
}

function leadOf(count: number, needing: number): string {
  if (count === 0) return 'No task yet. Start one with autoloop --intent "…": it appears here.';
  if (needing === 0)
    return count === 1 ? 'One task, and nothing to do for you.' : `${String(count)} tasks, and nothing to do for you.`;
  return needing === 1 ? 'One task waits for you.' : `${String(needing)} tasks wait for you.`;
}

function Task({ task }: { task: TaskRow }) {
  const name = <span class="name">{task.task_id}</span>;
  return (
    <li class={task.needs_person ? 'needs' : undefined}>
      {task.run_id === null ? name : <a href={`#/${task.run_id}`}>{name}</a>}
      <span class="row">
        {task.status === null ? <span class="quiet">no run yet</span> : <Badge word={task.status} />}
        {task.where !== null && <span>{task.where}</span>}
      </span>
      <span class="row quiet">
        {task.since !== null && <Ago at={task.since} />}
        {task.runs > 1 && <span>{task.runs} runs</span>}
        {task.turns > 0 && <span>{task.turns === 1 ? '1 turn' : `${String(task.turns)} turns`}</span>}
        {task.cost_usd !== null && <span>{costText(task.cost_usd)}</span>}
      </span>
    </li>
  );
}

function lastPart(folder: string): string {
  return folder.split('/').findLast((part) => part !== '') ?? folder;
}
