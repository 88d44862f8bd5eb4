// The types of the result as people read them: signs, paths, values, lanes, origins. Each is put into words here only.

// ---- signs

const signNamed = (name) => signs.find((sign) => sign.name === name);
const NO_CASE = signNamed("nothing");

/** The sign of some cases: the first of the table whose needs are met. */
function signOf(counts) {
  const isMet = (any) => any.some((verdict) => counts[verdict] > 0);
  return signs.find((sign) => sign.needs.length > 0 && sign.needs.every(isMet)) ?? NO_CASE;
}

/** The sign of what has several: the gravest, which stands first in the table. */
const gravest = (list) => signs.find((sign) => list.includes(sign)) ?? NO_CASE;

/** The sign of a lane: of its cases, or of what no case is to blame for, whichever is graver. */
const laneSign = (lane) => gravest([signOf(lane.counts), lane.machine_problem && signNamed("differ"), lane.oracle_problem && signNamed("oracle_fault")]);

/** What is said where no case differs: what no case is to blame for, or that nothing differs. */
function withoutBugs() {
  const problems = ranLanes().flatMap((lane) => [
    lane.machine_problem && bad(`${laneKey(lane)}: ${lane.machine_problem}`),
    lane.oracle_problem && sign(signNamed("oracle_fault"), `${laneKey(lane)}: ${lane.oracle_problem}`),
  ]).filter(Boolean);
  if (problems.length > 0) return problems.map((problem) => h("p", {}, problem));
  const counts = added(ranLanes().map((lane) => lane.counts));
  return h("p", {}, sign(signOf(counts), `Nothing differs: ${countsText(counts)}.`));
}

/** How many there are of each sign, the gravest first. */
const tally = (list) => signs.map((sign) => [sign, list.filter((one) => one === sign).length]).filter(([, count]) => count > 0);

const countOf = (counts, verdict) => counts[verdict.key] ?? 0;
const judged = (counts) => sum(verdicts.map((verdict) => countOf(counts, verdict)));

/** Several counts as one. */
function added(list) {
  return Object.fromEntries(verdicts.map((verdict) => [verdict.key, sum(list.map((counts) => countOf(counts, verdict)))]));
}

/** The counts in words, those that are not zero. */
function countsText(counts) {
  const parts = verdicts.filter((verdict) => countOf(counts, verdict) > 0);
  return parts.map((verdict) => `${number(countOf(counts, verdict))} ${verdict.name}`).join(", ") || NO_CASE.meaning;
}

/** A sign with its words; with what it means as its title if it stands alone. */
function sign(of, text) {
  const symbol = h("span", { "aria-hidden": text ? "true" : false, role: text ? false : "img", "aria-label": text ? false : of.meaning }, of.symbol);
  return h("span", { class: `sign ${of.name}`, title: text ? false : of.meaning }, symbol, text && ` ${text}`);
}

/** What is shown of an exit status. */
const exitSign = (status) => signNamed((exits.find((exit) => exit.status === status) ?? exits[0]).sign);
const exitText = (status) => exits.find((exit) => exit.status === status)?.meaning ?? `exit status ${status}`;

/** What fails, or could not be determined. */
const isFailing = (of) => ["differ", "oracle_fault", "not_run"].includes(of.name);

/** The verdicts, the gravest first: what one came for stands before what agrees. */
const byGravity = [...verdicts].sort((a, b) => signs.indexOf(signNamed(a.sign)) - signs.indexOf(signNamed(b.sign)));

const good = (text) => sign(signNamed("agree"), text);
const bad = (text) => sign(signNamed("differ"), text);

// ---- names

/** A path: `#` of its family stands for an index in decimal, `#x` for one in hexadecimal. */
function pathText({ family, index = [] }) {
  const left = [...index];
  return family.replace(/#(x?)/g, (mark, hexadecimal) => {
    const at = left.shift();
    return at === undefined ? "#" : hexadecimal ? `0x${at.toString(16)}` : String(at);
  });
}

/** A value; a dash if there is none. Flags stand in their places, so that a change is seen where it is. */
function valueText(value) {
  if (value == null) return "–";
  if (value.word) return `0x${value.word.value.toString(16)}`;
  if (value.flags) return [...value.flags.letters].map((letter, bit) => (Math.floor(value.flags.value / 2 ** bit) % 2 ? letter : "·")).join("");
  if (value.bytes !== undefined) return value.bytes;
  if (value.integer !== undefined) return String(value.integer);
  if (value.list) return `[${value.list.map(valueText).join(", ")}]`;
  return value.text;
}

function laneText({ machine, oracle }) {
  if (oracle.vectors) return `${machine}~vectors`;
  if (oracle.digests) return `${machine}~digests/${oracle.digests.profile}`;
  if (oracle.laws) return machine;
  const { name, profile, machine_profile: own } = oracle.machine;
  return own === profile ? `${machine}~${name}/${profile}` : `${machine}/${own}~${name}/${profile}`;
}

/** A name that is broken behind its signs if there is no room for it. */
const breakable = (text) => text.split(/(?<=[~/])/).flatMap((part) => [part, h("wbr")]);

/** The profile that a lane's machine runs in; nothing if it is every one. */
const laneProfile = ({ oracle }) => oracle.machine?.machine_profile ?? oracle.digests?.profile;

function originText(origin) {
  const { vector, sweep, random, image, found } = origin;
  if (vector) return `vector/${vector.name}`;
  if (sweep) return `sweep/${sweep.index}`;
  if (random) return `${random.kind}/${random.index}`;
  if (image) return `image/${image.name}/${image.index}`;
  return `found/${found.name}`;
}

// ---- states

const bytesOf = (text) => Array.from({ length: text.length / 2 }, (_, at) => text.slice(2 * at, 2 * at + 2));
const plus = (address, offset) => (typeof address === "bigint" ? address + BigInt(offset) : address + offset);

/** A field cut into what can change alone: bytes each with its own path, everything else as it is. */
function atoms(field) {
  if (field.bytes === undefined) return [{ path: field, value: field }];
  const index = field.index ?? [0];
  return bytesOf(field.bytes).map((byte, at) => ({ path: { family: field.family, index: [...index.slice(0, -1), plus(index.at(-1), at)] }, byte }))
    .filter(({ byte }) => byte !== "..");
}
