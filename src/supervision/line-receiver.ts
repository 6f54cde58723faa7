import type { LineReceiver } from './lines.ts';
import { MAX_LINE_BYTES } from './output.ts';

/** See `OpenRequest`. */
interface Reception {
  readonly onLine: LineReceiver;
  readonly maxLineBytes?: number;
  readonly isFinal?: (line: string) => boolean;
}

interface LineEvents {
  readonly final: () => void;
  readonly failed: () => void;
}

export interface Lines {
  readonly receive: LineReceiver;
  /** What comes from now on is not handed over. */
  readonly close: () => void;
  /** What there is to say about them. Throws what the caller's own functions threw. */
  readonly end: () => readonly string[];
}

/** Hands lines to the caller and keeps what the caller's functions throw, which must not escape into a stream. */
export function lineReceiver(request: Reception, events: LineEvents): Lines {
  let open = true;
  let cutLines = 0;
  let failure: { readonly error: unknown } | null = null;
  return {
    receive: (line, cut) => {
      if (!open) return;
      if (cut) cutLines += 1;
      try {
        request.onLine(line, cut);
        if (request.isFinal?.(line) === true) events.final();
      } catch (error) {
        failure = { error };
        open = false;
        events.failed();
      }
    },
    close: () => {
      open = false;
    },
    end: () => {
      if (failure) throw failure.error;
      if (cutLines === 0) return [];
      const most = (request.maxLineBytes ?? MAX_LINE_BYTES) / 1024 / 1024;
      return [`${cutLines} line(s) of the output were longer than ${most} MiB and were cut`];
    },
  };
}
