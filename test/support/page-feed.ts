/** A feed of the page's server, read as a page reads it. */
export interface PageFeed<Message> {
  /** The next message that is as expected, those before it left out; rejects when the feed ends without one. */
  until(isIt: (message: Message) => boolean): Promise<Message>;
  /** Every message so far that `until` has read. */
  readonly messages: readonly Message[];
  leave(): Promise<void>;
}

/**
 * Follows `/api/PATH` of the server whose address `autoloop serve` printed.
 *
 * @param browser which browser the server takes this for: it lets each follow four feeds
 */
export async function pageFeed<Message>(address: string, path: string, browser = 'test'): Promise<PageFeed<Message>> {
  const { origin, hash } = new URL(address);
  const headers = { authorization: `Bearer ${hash.replace('#token=', '')}`, 'x-client': browser };
  const response = await fetch(`${origin}/api/${path}`, { headers });
  if (!response.ok || response.body === null) throw new Error(`${path}: ${String(response.status)}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const messages: Message[] = [];
  const due: Message[] = [];
  let rest = '';
  const next = async (): Promise<Message> => {
    for (let message = due.shift(); ; message = due.shift()) {
      if (message !== undefined) return message;
      const { value, done } = await reader.read();
      if (done) throw new Error(`${path}: the feed ended after ${JSON.stringify(messages.at(-1))}`);
      const blocks = (rest + value).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (data !== undefined) due.push(JSON.parse(data) as Message);
      }
    }
  };
  return {
    messages,
    async until(isIt) {
      for (;;) {
        const message = await next();
        messages.push(message);
        if (isIt(message)) return message;
      }
    },
    leave: () => reader.cancel(),
  };
}
