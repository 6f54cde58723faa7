import { isPhased, type Scope } from '../core/vocabulary.ts';
import { TEMPLATES } from './assets.ts';
import type { ActivePhase, PhaseBootstrap, TurnContext } from './context.ts';
import { block, bullets, fact, guard, indented, list } from './labels.ts';

/**
 * The facts of a turn, each label at the start of its line, in the order that agents and tools know (docs/protocol.md).
 *
 * The request, the note and what agents wrote pass through `guard`, because the request and the note stand before some
 * of the facts: a line of theirs that reads as a label arrives as a quotation (`> RUN ID: …`), everything else verbatim.
 */
export function preambleOf(context: TurnContext, checks: string | null = null): string {
  const { files, phase, bootstrap } = context;
  return [
    identity(context),
    TEMPLATES['common-authority'].trimEnd(),
    conversation(context),
    [
      fact('THREAD SCOPE', threadScope(context.scope)),
      fact('ARTIFACT SCOPE', isPhased(context.scope.pair) ? 'phase-local' : 'run-local'),
      fact('AUTHORITATIVE ACTIVE ARTIFACT DIRECTORY', files.artifactDir),
      fact('AUTHORITATIVE ACTIVE CRITERIA FILE', `${files.artifactDir}/criteria.md`),
      fact('AUTHORITATIVE ACTIVE FEEDBACK FILE', `${files.artifactDir}/feedback.md`),
      fact('AUTHORITATIVE ACTIVE SESSION FILE', files.session),
      list('AUTHORITATIVE OTHER ACTIVE ARTIFACT FILES', files.otherArtifacts),
    ].join('\n'),
    ...(phase === null ? [] : [phaseContract(phase)]),
    ...(bootstrap === null ? [] : [soFar(bootstrap)]),
    ...(checks === null ? [] : [block('HARNESS CHECKS', checks)]),
  ].join('\n\n');
}

function identity(context: TurnContext): string {
  const { scope, files } = context;
  return [
    fact('REPOSITORY ROOT', context.workspace),
    fact('RUN ID', context.runId),
    fact('LOOP PAIR', scope.pair),
    fact('PHASE ROLE', context.role),
    fact('CYCLE', context.cycle),
    fact('ATTEMPT', context.attempt),
    fact('IMMUTABLE REQUEST FILE', files.request),
    fact('AUTHORITATIVE RAW LOG', files.rawLog),
    fact('AUTHORITATIVE RUN DECISIONS FILE', files.decisions),
  ].join('\n');
}

function conversation({ session, hasThreads, note, request }: TurnContext): string {
  const status =
    session.id === null
      ? fact('THREAD STATUS', 'new')
      : fact(hasThreads ? 'RESUMED THREAD ID' : 'RESUMED SESSION ID', session.id);
  return [
    status,
    ...(note === null ? [] : [block('MOST RECENT CLARIFICATION TO APPLY IMMEDIATELY', note)]),
    ...(session.isNew ? [block('INITIAL REQUEST SNAPSHOT', request)] : []),
  ].join('\n');
}

function threadScope({ pair, phaseId }: Scope): string {
  return phaseId === null ? `the ${pair} pair of this run` : `phase ${phaseId} of this run, implement and test`;
}

function phaseContract({ mode, ids, explicit, source, phase }: ActivePhase): string {
  const criteria = (phase.acceptance_criteria ?? []).map(({ id, text }) => `${id}: ${text}`);
  return [
    'ACTIVE PHASE EXECUTION CONTRACT:',
    `- Selection mode: ${mode}${explicit ? '' : ' (no phase plan: one implicit phase)'}`,
    `- Selected phase ids, in order: ${indented(ids.join(', '), '  ')}`,
    `- Source: ${source === null ? 'the request' : guard(source)}`,
    `- Active phase: ${indented(phase.phase_id, '  ')}: ${indented(phase.title, '  ')}`,
    `  Objective: ${indented(phase.objective, '  ')}`,
    section('In scope', phase.in_scope),
    section('Out of scope', phase.out_of_scope),
    section('Acceptance criteria', criteria),
    section('Dependencies', phase.dependencies),
    section('Deliverables', phase.deliverables),
  ].join('\n');
}

function section(title: string, items: readonly string[] = []): string {
  return `  ${title}:\n${bullets(items, '  ')}`;
}

function soFar(bootstrap: PhaseBootstrap): string {
  const clarifications = bootstrap.clarifications.trim() === '' ? 'none' : bootstrap.clarifications;
  return [
    block('AUTHORITATIVE CLARIFICATIONS TO DATE', clarifications),
    list(
      'PRIOR PHASE STATUS IN THIS RUN',
      bootstrap.priorPhases.map(({ id, status }) => `${id}: ${status}`),
    ),
    list('RELEVANT PRIOR PHASE ARTIFACT PATHS', bootstrap.priorArtifacts),
    list('ACTIVE PHASE ARTIFACTS', bootstrap.phaseArtifacts),
  ].join('\n\n');
}
