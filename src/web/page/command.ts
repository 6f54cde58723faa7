import { useState } from 'preact/hooks';
import type { CommandAnswer, CommandRequest } from '../documents.ts';
import { post } from './connection.ts';

export interface Sending {
  readonly isUnderWay: boolean;
  /** What came of the last one. */
  readonly said: string;
  readonly isRefused: boolean;
  /** Resolves with whether it was taken. */
  readonly send: (command: CommandRequest) => Promise<boolean>;
}

/** Sends commands to a run, one at a time. Nothing counts as done before the run's log says so. */
export function useCommands(runId: string): Sending {
  const [state, setState] = useState({ isUnderWay: false, said: '', isRefused: false });
  const send = async (command: CommandRequest) => {
    setState({ isUnderWay: true, said: '', isRefused: false });
    try {
      const { text } = await post<CommandAnswer>(`runs/${runId}/commands`, command);
      setState({ isUnderWay: false, said: text, isRefused: false });
      return true;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      setState({ isUnderWay: false, said: `Not sent: ${why}`, isRefused: true });
      return false;
    }
  };
  return { ...state, send };
}
