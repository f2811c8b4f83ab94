// A reporter for `node --test`: one line for each skipped test, `name<TAB>reason`. node's own summary only counts them.

/** @param {AsyncIterable<{ type: string, data: { name: string, skip?: string | boolean } }>} source */
export default async function* skips(source) {
  for await (const { type, data } of source) {
    if (type === 'test:pass' && data.skip)
      yield `${data.name}\t${data.skip === true ? 'no reason given' : data.skip}\n`;
  }
}
