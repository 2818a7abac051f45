// Every kind of value against every field of the request, and against the request itself, in Node and in
// Chromium, with and without the wasm there.
//
// What a field accepts, and what is then sent, stands in `tests/contract/table/accept-reject.json`; whatever it does not
// list has to be refused, by `check` and by `initByCaller` alike, with the field's path, what it takes and
// what it got.

import '../support/rejections.mjs';

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';

import { HOSTS } from '../support/both-hosts.mjs';
import { ORDER, sample, SUCCESS } from '../support/requests.mjs';

const table = JSON.parse(await readFile(new URL('./table/accept-reject.json', import.meta.url), 'utf8'));

const accepts = ({ accepts, except = [] }, { name, is }) =>
  accepts.includes(name) || (accepts.includes(is) && !except.includes(name));

const CASES = table.fields.flatMap((field) =>
  table.kinds.filter((kind) => field.path !== 'req' || !kind.onlyAsProperty).map((kind) => ({ field, kind })),
);

/** What has to be sent for a kind that its field accepts. */
function body({ path, businessType = 1, sends = {} }, { name, value, is }) {
  const complete = {
    ...sample(),
    caller: { ...sample().caller, cameraStatus: 0 },
    listener: { ...sample().listener, cameraStatus: 0 },
    businessType,
  };
  if (is === 'object') return complete;
  const sent = name in sends ? sends[name] : (value ?? LONG[name]);
  const [first, second] = path.split('.');
  const [owner, key] = second ? [complete[first], second] : [complete, first];
  if (sent === null) delete owner[key];
  else owner[key] = sent;
  return complete;
}

/** The accepted strings that the table only names. */
const LONG = {
  "'x'.repeat(4096)": 'x'.repeat(4096),
  "'📞'.repeat(2048)": '📞'.repeat(2048),
};

/** What `check` gives for a case, how a call ends, and what it sends. */
function expectedReport({ field, kind }) {
  if (accepts(field, kind)) return { problems: [], resolved: SUCCESS, sent: [body(field, kind)] };
  const { path, code } = field;
  const usual = path === 'voipToken' ? (kind.gotAsToken ?? kind.got) : kind.got;
  const said = { expected: field.expected, limit: kind.limit ?? '', got: field.got?.[kind.name] ?? usual };
  const [en, zh] = [0, 1].map((language) => {
    const { expected, limit, got } = Object.fromEntries(
      Object.entries(said).map(([key, text]) => [key, Array.isArray(text) ? text[language] : text]),
    );
    return { expected: expected + limit, got };
  });
  const errMsg = `initByCaller:fail ${path}: expected ${en.expected}, got ${en.got}`;
  return {
    problems: [{ path, code, ...en, zh }],
    rejected: { isPluginError: true, isError: true, errCode: code, errMsg, message: errMsg },
    sent: [],
  };
}

/** What goes to the host: it makes the values. */
const toDo = ({ field: { path, businessType }, kind }) => {
  const { name, value } = kind;
  return { path, businessType, kind: 'value' in kind ? { name, value } : { name } };
};

/** The ways of `tests/browser/in-host/values.mjs`, and the part of a case's report that each gives. */
const isToken = ({ field }) => Number(field.path === 'voipToken');

const WAYS = [
  // What came as a token is a secret of that instance, so these values come last.
  { way: 'with the wasm there', cases: CASES.toSorted((a, b) => isToken(a) - isToken(b)), part: (report) => report },
  {
    way: 'by check while the wasm is not there yet',
    cases: CASES,
    part: ({ problems }) => ({ problems }),
  },
  {
    // A package to itself for each case takes long: one field, at which objects are read deeper.
    way: 'by initByCaller while the wasm is not there yet',
    cases: CASES.filter(({ field }) => field.path === 'caller'),
    part: ({ problems, ...outcome }) => outcome,
  },
];

/** What is wrong with a report, named by the kind of value. */
function mistake({ kind }, report, expected) {
  try {
    assert.deepEqual(report, expected);
    return [];
  } catch (error) {
    return [`${kind.name}: ${error.message}`];
  }
}

it('the table has every documented property, in order', () => {
  assert.deepEqual([...new Set(table.fields.map(({ path }) => path))], ['req', ...ORDER]);
});

it('every kind is tried in every field', () => {
  const notReq = table.kinds.filter(({ onlyAsProperty }) => onlyAsProperty).length;
  assert.equal(CASES.length, table.kinds.length * table.fields.length - notReq);
  assert.ok(CASES.length > 1_000, String(CASES.length));
});

for (const [name, start] of HOSTS) {
  describe(`every kind of value in ${name}`, { timeout: 180_000 }, () => {
    let host;
    before(async () => {
      host = await start();
    });
    after(() => host?.stop());

    for (const { way, cases, part } of WAYS) {
      describe(way, () => {
        let reports;
        before(async () => {
          reports = await host.run('values.mjs', { way, cases: cases.map(toDo) });
        });

        it('gives a report for each case', () => assert.equal(reports.length, cases.length));

        for (const field of new Set(cases.map(({ field }) => field))) {
          const type = 'businessType' in field ? ` (businessType ${field.businessType})` : '';
          it(`${field.path}${type} accepts what the table lists and nothing else`, () => {
            const mistakes = cases.flatMap((each, index) =>
              each.field === field ? mistake(each, reports[index], part(expectedReport(each))) : [],
            );
            assert.ok(mistakes.length === 0, mistakes.join('\n'));
          });
        }
      });
    }
  });
}
