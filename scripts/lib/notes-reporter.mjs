// A reporter for `node --test`: what the closing lines tell, one JSON object a line (`Note` in node-test.mjs): tests that were skipped, with the
// reason, and tests that failed, with what they said. node's own summary only counts the former, and buries the latter in stacks.

/** How much of an error is told, of its beginning (`Waited … Last seen …`) and of its end (what the page showed). */
const HEAD = 400;
const TAIL = 300;

/** Failures that only follow from another one, which is told itself. */
const FOLLOWS = ['subtestsFailed', 'cancelledByParent'];

/** @param {AsyncIterable<{ type: string, data: any }>} source */
export default async function* notes(source) {
  // The suites around a test: each starts before what is in it, and files are told one after the other.
  const around = [];
  for await (const { type, data } of source) {
    if (type === 'test:start') around.splice(data.nesting, Infinity, data.name);
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const name = [...around.slice(0, data.nesting), data.name].join(' › ');
    if (data.skip) yield line({ name, skipped: data.skip === true ? 'no reason given' : data.skip });
    else if (type === 'test:fail' && !data.todo && !FOLLOWS.includes(data.details.error.failureType))
      yield line({ name, file: data.file, failed: reason(data.details.error) });
  }
}

const line = (note) => `${JSON.stringify(note)}\n`;

/** The message in one line, and where in a test it arose. */
function reason(error) {
  const cause = error.cause ?? error;
  const message = String(cause?.message ?? cause)
    .replace(/\s+/g, ' ')
    .trim();
  const place = /[\w.-]+\.test\.ts:\d+/.exec(String(cause?.stack ?? ''))?.[0];
  const told = message.length > HEAD + TAIL ? `${message.slice(0, HEAD)} … ${message.slice(-TAIL)}` : message;
  return place ? `${told} (${place})` : told;
}
