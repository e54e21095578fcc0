/**
 * Reads up to `ahead` items before they are asked for, so that the next page is on its way while
 * this one is used. A failure is met behind the items that came before it.
 */
export async function* readAhead<Item>(
  items: AsyncIterable<Item>,
  ahead: number,
): AsyncGenerator<Item, void, undefined> {
  const waiting: Item[] = [];
  const state = { ended: false, abandoned: false };
  let filled = Promise.withResolvers<undefined>();
  let drained = Promise.withResolvers<undefined>();
  const fill = async () => {
    try {
      for await (const item of items) {
        waiting.push(item);
        filled.resolve(undefined);
        while (waiting.length >= ahead && !state.abandoned) {
          drained = Promise.withResolvers<undefined>();
          await drained.promise;
        }
        if (state.abandoned) return;
      }
    } finally {
      state.ended = true;
      filled.resolve(undefined);
    }
  };
  const filling = fill();
  // Whoever reads meets the failure; nobody does when the reading ends early.
  filling.catch(() => undefined);
  try {
    for (;;) {
      for (const item of waiting.splice(0)) {
        drained.resolve(undefined);
        yield item;
      }
      if (waiting.length > 0) continue;
      if (state.ended) break;
      filled = Promise.withResolvers<undefined>();
      await filled.promise;
    }
    await filling;
  } finally {
    state.abandoned = true;
    drained.resolve(undefined);
  }
}
