// A machine of your own: the start of a port of MiniVM, behind the machine protocol.
//
//     npm install && npm run build && node machine.js
//
// It has two opcodes, LDI and BRK, and says `unsupported` to every case that needs another one. Add opcodes to `step`.

const NAME = "mine";
const VERSION = "0.1.0";
const PROFILES = ["reference"];

/** What is not implemented yet. */
class Unsupported extends Error {}

/** A request or a case that is none. */
class Bad extends Error {}

type Stop = { kind: string } & Record<string, string | number>;

class Vm {
    code: Uint8Array = new Uint8Array();
    regs: number[] = Array(16).fill(0);
    pc = 0;
    sp = 0x8000;
    psw = 0;
    callStack: number[] = [];
    stackLimit = 0;
    mem = new Uint8Array(0x10000);

    /** Runs one instruction: how the machine stops, or nothing if the next one follows. Your port goes here. */
    step(): Stop | undefined {
        if (this.pc + 4 > this.code.length) throw new Unsupported("a pc outside the code");
        const word = new DataView(this.code.buffer).getUint32(this.pc);
        const [op, rd, immediate] = [word >>> 24, (word >>> 20) & 15, word & 0xfff];
        switch (op) {
            case 0x01: // LDI
                this.regs[rd] = ((immediate << 20) >> 20) >>> 0;
                break;
            case 0x7f: // BRK
                this.pc += 4;
                return { kind: "break", code: word & 0xff };
            default:
                throw new Unsupported(`opcode 0x${op.toString(16)}`);
        }
        this.pc += 4;
        return undefined;
    }
}

// ---- Everything below is the protocol: oracle/PROTOCOL.md and vectors/minivm/PROTOCOL.md. ----

/** What is used of Node. */
declare const process: { stdin: AsyncIterable<Uint8Array>; stdout: { write(text: string): void } };

type Json = null | boolean | number | string | Json[] | JsonObject;
type JsonObject = { [key: string]: Json };

const WORD = 0xffffffff;
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[{}[\]:,]/gs;

/** Reads JSON. A number with fraction, exponent or sign becomes null, which is no integer. */
function parse(text: string): Json {
    JSON.parse(text);
    const isInteger = (token: string) => /^(0|[1-9]\d*)$/.test(token);
    const isNumber = (token: string) => /^[-\d]/.test(token);
    return JSON.parse(text.replace(TOKEN, (token) => (isNumber(token) && !isInteger(token) ? "null" : token)));
}

/** The keys that stand twice in an object of the text, each with how deep the object lies. */
function repeated(text: string): Map<number, string> {
    const found = new Map<number, string>();
    const open: (Set<string> | undefined)[] = [];
    let last = "";
    for (const [token] of text.matchAll(TOKEN)) {
        if (token === "{" || token === "[") open.push(token === "{" ? new Set() : undefined);
        if (token === "}" || token === "]") open.pop();
        if (token === ":") {
            const key = JSON.parse(last) as string;
            const keys = open[open.length - 1];
            if (keys?.has(key)) found.set(open.length, key);
            keys?.add(key);
        }
        last = token;
    }
    return found;
}

function object(value: Json | undefined, needed: string[], others: string[] = []): JsonObject {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Bad("not an object");
    for (const key of Object.keys(value)) {
        if (!needed.includes(key) && !others.includes(key)) throw new Bad(`${key}: unknown key`);
    }
    for (const key of needed) if (!(key in value)) throw new Bad(`${key}: missing`);
    return value;
}

function integer(value: Json | undefined, what: string, usual: number, most: number): number {
    if (value === undefined) return usual;
    if (typeof value !== "number" || value > most) throw new Bad(`${what}: not an integer from 0 to ${most}`);
    return value;
}

function list(value: Json | undefined, what: string): Json[] {
    if (value !== undefined && !Array.isArray(value)) throw new Bad(`${what}: not a list`);
    return value ?? [];
}

function hex(value: Json | undefined, what: string): Uint8Array {
    if (typeof value !== "string" || !/^([0-9a-f]{2})*$/.test(value)) throw new Bad(`${what}: not lower-case hex`);
    return Uint8Array.from({ length: value.length / 2 }, (_, i) => parseInt(value.slice(2 * i, 2 * i + 2), 16));
}

function run(given: Json | undefined): JsonObject {
    const others = ["pc", "regs", "sp", "psw", "stack_limit", "reg_base", "call_stack", "mem", "trace"];
    const members = object(given, ["code", "max_steps"], others);
    const vm = new Vm();
    const word = (value: Json, what: string) => integer(value, what, 0, WORD);
    const maxSteps = integer(members.max_steps, "max_steps", 0, 1_000_000);
    vm.code = hex(members.code, "code");
    if (maxSteps === 0 || vm.code.length > 0x10000) throw new Bad("code or max_steps is out of range");
    vm.pc = integer(members.pc, "pc", 0, WORD);
    vm.sp = integer(members.sp, "sp", 0x8000, WORD);
    vm.psw = integer(members.psw, "psw", 0, 15);
    vm.stackLimit = integer(members.stack_limit, "stack_limit", 0, WORD);
    const regBase = integer(members.reg_base, "reg_base", 0, 0xffc0);
    if (members.regs !== undefined) vm.regs = list(members.regs, "regs").map((value) => word(value, "regs"));
    if (vm.regs.length !== 16) throw new Bad("regs: not 16 of them");
    vm.callStack = list(members.call_stack, "call_stack").map((value) => word(value, "call_stack"));
    for (const block of list(members.mem, "mem")) {
        const [at, data, ...rest] = list(block, "mem");
        const address = integer(at ?? null, "mem", 0, 0x10000);
        const bytes = hex(data, "mem");
        if (rest.length > 0 || address + bytes.length > vm.mem.length) throw new Bad("mem: not within 64 KiB");
        vm.mem.set(bytes, address);
    }
    if (members.trace !== undefined && typeof members.trace !== "boolean") throw new Bad("trace: not a boolean");
    if (regBase !== 0 || members.trace === true) throw new Unsupported("reg_base and trace");
    const before = vm.mem.slice();
    let stop: Stop | undefined;
    let steps = 0;
    for (; stop === undefined && steps < maxSteps; steps++) stop = vm.step();
    const { pc, sp, psw, regs, callStack } = vm;
    const mem = changes(before, vm.mem);
    return { stop: stop ?? { kind: "budget" }, steps, pc, sp, psw, regs, call_stack: callStack, mem };
}

/** Every longest run of bytes that differ, as `[address, hex]`. */
function changes(before: Uint8Array, after: Uint8Array): Json[] {
    const runs: [number, string][] = [];
    for (let at = 0; at < after.length; at++) {
        if (before[at] === after[at]) continue;
        const digits = after[at]!.toString(16).padStart(2, "0");
        const run = runs[runs.length - 1];
        if (run !== undefined && run[0] + run[1].length / 2 === at) run[1] += digits;
        else runs.push([at, digits]);
    }
    return runs;
}

function answer(line: Uint8Array): Json {
    let id: string;
    let request: JsonObject;
    let twice: Map<number, string>;
    try {
        const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(line);
        const all = ["protocol", "id", "subject", "profile", "case"];
        request = object(parse(text), ["op"], all);
        twice = repeated(text);
        if (twice.has(1)) throw new Bad(`${twice.get(1)}: repeated key`);
        if (request.op === "hello") {
            object(request, ["op", "protocol"]);
            if (request.protocol !== 2) throw new Bad("protocol 2 is what is spoken here");
            return { protocol: 2, name: NAME, version: VERSION, subjects: { minivm: PROFILES } };
        }
        object(request, ["op", "id", "subject", "profile", "case"]);
        if (request.op !== "run" || typeof request.id !== "string") throw new Bad("neither hello nor run with an id");
        if (typeof request.subject !== "string" || typeof request.profile !== "string") throw new Bad("not a string");
        id = request.id;
    } catch (bad) {
        return { error: (bad as Error).message };
    }
    if (request.subject !== "minivm" || !PROFILES.includes(request.profile as string)) {
        return { id, error: `${request.subject} in ${request.profile} is not known here` };
    }
    try {
        for (const key of twice.values()) throw new Bad(`${key}: repeated key`);
        return { id, outcome: run(request.case) };
    } catch (what) {
        const why = (what as Error).message;
        return what instanceof Unsupported ? { id, unsupported: why } : { id, error: why };
    }
}

let parts: Uint8Array[] = [];

function reply(end: Uint8Array): void {
    const line = new Uint8Array(parts.reduce((length, part) => length + part.length, end.length));
    let at = 0;
    for (const part of [...parts, end]) {
        line.set(part, at);
        at += part.length;
    }
    parts = [];
    process.stdout.write(JSON.stringify(answer(line)) + "\n");
}

for await (const chunk of process.stdin) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
        reply(chunk.subarray(start, end));
        start = end + 1;
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
}
if (parts.length > 0) reply(new Uint8Array());

export {};
