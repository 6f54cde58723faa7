import { NOTICE_KINDS, WEBHOOK_FORMATS } from '../../core/notify-settings.ts';
import type { KeyRow } from '../key-row.ts';
import { argv, choice, field, FLAG, list, mapping, needed, text } from '../kinds.ts';

const WEBHOOK = mapping({
  url_env: needed(
    text(/^[A-Za-z_]\w*$/, "an environment variable's name"),
    'The environment variable that holds the address: it is a secret.',
  ),
  format: field(choice(...WEBHOOK_FORMATS), 'json', 'What is sent there.'),
  chat: field(text(/^(?:-?\d+|@\w+)$/, "a chat's number or @name"), null, 'The chat, for telegram.'),
});

/** Who is told when a run needs a person, and how. Nothing of it is a run's own. */
export const NOTIFY_KEYS = [
  {
    key: 'notify.on',
    kind: list(choice(...NOTICE_KINDS), `list of ${NOTICE_KINDS.join(', ')}`),
    default: [...NOTICE_KINDS],
    meaning: 'What is told. `finished` is success, and gaps that no further run closes.',
    recorded: false,
  },
  {
    key: 'notify.command',
    kind: argv('title', 'text', 'kind', 'url'),
    default: null,
    meaning: 'Program that is started with each notice, without a shell; the notice as JSON is its standard input.',
    owner: 'user',
    recorded: false,
  },
  {
    key: 'notify.desktop',
    kind: FLAG,
    default: false,
    meaning: 'Whether the desktop shows each notice.',
    owner: 'user',
    recorded: false,
  },
  {
    key: 'notify.webhooks',
    kind: list(WEBHOOK, 'list of mappings with url_env'),
    default: [],
    meaning: 'Addresses to which each notice is posted.',
    owner: 'user',
    recorded: false,
  },
  {
    key: 'notify.page_url',
    kind: text(/^https?:\/\/[^\s#]+$/, 'an address that begins with http:// or https://'),
    default: null,
    meaning: 'Where `autoloop serve` is reached, for the link of a notice.',
    owner: 'user',
    recorded: false,
  },
] as const satisfies readonly KeyRow[];
