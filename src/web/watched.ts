import type {
  CommandAnswer,
  CommandRequest,
  FileAnswer,
  PatchAnswer,
  Place,
  ReportAnswer,
  RowsAnswer,
  RunAnswer,
  RunMessage,
  TasksAnswer,
  TasksMessage,
  TurnAnswer,
} from './documents.ts';

/** What the server shows and steers: a workspace. Reading takes no lock and writes nothing. */
export interface Watched {
  tasks(): Promise<TasksAnswer>;
  /** Tells at once, and again whenever a task changed; the returned function ends it. */
  followTasks(tell: (message: TasksMessage) => void): Promise<() => void>;
  /** Rejects with a Problem when there is no such run. */
  run(runId: string): Promise<WatchedRun>;
  /** Rejects with a usage Problem when the run cannot take the command. */
  command(runId: string, request: CommandRequest): Promise<CommandAnswer>;
  close(): void;
}

/** One run. Null stands for what the run does not have. */
export interface WatchedRun {
  answer(): Promise<RunAnswer>;
  rowsBefore(seq: number): RowsAnswer | null;
  turn(number: number): Promise<TurnAnswer | null>;
  turnLog(number: number): Promise<{ readonly version: 1; readonly text: string; readonly is_cut: boolean } | null>;
  patch(commit: string): Promise<PatchAnswer | null>;
  file(name: string): Promise<FileAnswer | null>;
  report(): Promise<ReportAnswer>;
  /** Tells what was missed since `place`, then what comes; the returned function ends it. */
  follow(place: Place, tell: (message: RunMessage, place: Place) => void): Promise<() => void>;
}
