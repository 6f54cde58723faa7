import type { ComponentChildren } from 'preact';
import type { StatusDocument } from '../../inspect/status-document.ts';
import { costText, countText, durationText } from './format.ts';
import { Ago, Card } from './parts.tsx';

/** Who works, and what it took. */
export function Facts({ status }: { status: StatusDocument }) {
  const { position, usage, chain, limits, since } = status;
  const isChain = chain.parent_run_id !== null || chain.followup_run_id !== null;
  return (
    <Card title="So far">
      <dl class="facts">
        {position !== null && position.provider !== null && (
          <Fact name="Agent">{`${position.provider} ${position.model ?? ''}`.trim()}</Fact>
        )}
        <Fact name="Since">{since === null ? 'not told' : <Ago at={since} />}</Fact>
        <Fact name="Turns">{of(String(usage.turns), limits.max_turns)}</Fact>
        <Fact name="Agents’ time">
          {of(
            durationText(usage.duration_ms) || '0 s',
            limits.max_minutes === null ? null : `${String(limits.max_minutes)} min`,
          )}
        </Fact>
        <Fact name="Tokens">
          {usage.input_tokens === null && usage.output_tokens === null
            ? 'not told'
            : `${countText(usage.input_tokens)} in, ${countText(usage.output_tokens)} out`}
        </Fact>
        <Fact name="Cost">
          {of(costText(usage.cost_usd), limits.max_cost_usd === null ? null : costText(limits.max_cost_usd))}
        </Fact>
        {isChain && <Fact name="Cost of the chain">{costText(chain.usage.cost_usd)}</Fact>}
        {chain.parent_run_id !== null && (
          <Fact name="Follow-up of">
            <a href={`#/${chain.parent_run_id}`}>{chain.parent_run_id}</a>
          </Fact>
        )}
        {chain.followup_run_id !== null && (
          <Fact name="Follow-up">
            <a href={`#/${chain.followup_run_id}`}>{chain.followup_run_id}</a>
          </Fact>
        )}
      </dl>
    </Card>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function of(value: string, limit: string | number | null): string {
  return limit === null ? value : `${value} of ${String(limit)}`;
}
