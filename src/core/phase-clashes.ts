/** What clashes are looked for in. */
interface Clashing {
  readonly phaseId: string;
  readonly dependencies: readonly string[];
}

/** Ids that come twice, and dependencies on a phase that is not earlier. Other dependencies are free text. */
export function clashesOf(phases: readonly Clashing[]): string[] {
  const positions = new Map<string, number>();
  const clashes: string[] = [];
  phases.forEach(({ phaseId }, index) => {
    const first = positions.get(phaseId);
    if (phaseId !== '' && first !== undefined) {
      clashes.push(
        `phases[${index + 1}].phase_id must be unique: phases[${first + 1}] has ${JSON.stringify(phaseId)} too`,
      );
    }
    positions.set(phaseId, first ?? index);
  });
  phases.forEach(({ dependencies }, index) => {
    dependencies.forEach((name, entry) => {
      const position = name === '' ? undefined : positions.get(name);
      if (position === undefined || position < index) return;
      const where = position === index ? 'this phase itself' : `phases[${position + 1}]`;
      clashes.push(
        `phases[${index + 1}].dependencies[${entry + 1}] must name an earlier phase: ${JSON.stringify(name)} is ${where}`,
      );
    });
  });
  return clashes;
}
