import { useState } from 'preact/hooks';
import type { CommandAnswer, CommandRequest } from '../documents.ts';
import { post, Refused } from './connection.ts';

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
      const said =
        error instanceof Refused
          ? `Not sent: ${error.message}`
          : 'The connection broke before an answer came. It may have arrived: look below before you send it again.';
      setState({ isUnderWay: false, said, isRefused: true });
      return false;
    }
  };
  return { ...state, send };
}
