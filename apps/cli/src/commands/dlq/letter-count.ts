/** `1 dead letter`, `2 dead letters`. */
export function letterCount(count: number): string {
  return `${count} dead letter${count === 1 ? '' : 's'}`;
}
