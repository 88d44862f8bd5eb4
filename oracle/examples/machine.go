// A machine of your own: the start of a port of MiniVM, behind the machine protocol.
//
//	go build -o machine machine.go
//
// It has two opcodes, LDI and BRK, and says `unsupported` to every case that needs another one. Add opcodes to `step`.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"
)

const name, version = "mine", "0.1.0"

var profiles = []string{"reference"}

// What is not implemented yet.
type unsupported string

func (what unsupported) Error() string { return string(what) }

type vm struct {
	code       []byte
	regs       [16]uint32
	pc, sp     uint32
	psw        uint8
	callStack  []uint32
	stackLimit uint32
	mem        []byte
}

// Runs one instruction. How the machine stops, or nil if the next one follows. Your port goes here.
func (m *vm) step() (map[string]any, error) {
	if uint64(m.pc)+4 > uint64(len(m.code)) {
		return nil, unsupported("a pc outside the code")
	}
	word := binary.BigEndian.Uint32(m.code[m.pc:])
	op, rd, immediate := word>>24, word>>20&15, word&0xFFF
	switch op {
	case 0x01: // LDI
		m.regs[rd] = uint32(int32(immediate<<20) >> 20)
	case 0x7F: // BRK
		m.pc += 4
		return map[string]any{"kind": "break", "code": word & 0xFF}, nil
	default:
		return nil, unsupported(fmt.Sprintf("opcode %#04x", op))
	}
	m.pc += 4
	return nil, nil
}

// ---- Everything below is the protocol: oracle/PROTOCOL.md and vectors/minivm/PROTOCOL.md. ----

// The members of an object, which has all of `needed`, none but those and `others`, and each once.
func object(text []byte, needed, others string) (map[string]json.RawMessage, error) {
	reader := json.NewDecoder(bytes.NewReader(text))
	if start, err := reader.Token(); err != nil || start != json.Delim('{') {
		return nil, fmt.Errorf("not an object")
	}
	members := map[string]json.RawMessage{}
	for reader.More() {
		key, err := reader.Token()
		if err != nil {
			return nil, err
		}
		if _, isThere := members[key.(string)]; isThere {
			return nil, fmt.Errorf("%s: repeated key", key)
		}
		var value json.RawMessage
		if err := reader.Decode(&value); err != nil {
			return nil, err
		}
		members[key.(string)] = value
	}
	if _, err := reader.Token(); err != nil {
		return nil, err
	}
	if _, err := reader.Token(); err != io.EOF {
		return nil, fmt.Errorf("there is something behind the end")
	}
	for key := range members {
		if !strings.Contains(" "+needed+" "+others+" ", " "+key+" ") {
			return nil, fmt.Errorf("%s: unknown key", key)
		}
	}
	for _, key := range strings.Fields(needed) {
		if _, isThere := members[key]; !isThere {
			return nil, fmt.Errorf("%s: missing", key)
		}
	}
	return members, nil
}

func text(value json.RawMessage) (string, error) {
	var text string
	if len(value) == 0 || value[0] != '"' {
		return "", fmt.Errorf("not a string")
	}
	return text, json.Unmarshal(value, &text)
}

// An integer from 0 to `most`; `usual` if it is not there.
func integer(value json.RawMessage, usual, most uint32) (uint32, error) {
	if value == nil {
		return usual, nil
	}
	number, err := strconv.ParseUint(string(value), 10, 32)
	if err != nil || number > uint64(most) {
		return 0, fmt.Errorf("not an integer from 0 to %d", most)
	}
	return uint32(number), nil
}

func list(value json.RawMessage) (values []json.RawMessage, err error) {
	if value != nil && value[0] != '[' {
		return nil, fmt.Errorf("not a list")
	}
	if value != nil {
		err = json.Unmarshal(value, &values)
	}
	return values, err
}

func words(value json.RawMessage) ([]uint32, error) {
	values, err := list(value)
	words := make([]uint32, len(values))
	for i := 0; i < len(values) && err == nil; i++ {
		words[i], err = integer(values[i], 0, 0xFFFFFFFF)
	}
	return words, err
}

func hexBytes(value json.RawMessage) ([]byte, error) {
	digits, err := text(value)
	if err != nil || strings.ToLower(digits) != digits {
		return nil, fmt.Errorf("not lower-case hex")
	}
	return hex.DecodeString(digits)
}

// Reads a case. What it asks for and is not implemented is an error of its own.
func read(value []byte) (*vm, uint32, error) {
	const others = "pc regs sp psw stack_limit reg_base call_stack mem trace"
	members, err := object(value, "code max_steps", others)
	if err != nil {
		return nil, 0, err
	}
	m := &vm{mem: make([]byte, 0x10000)}
	var maxSteps, psw, regBase uint32
	for _, field := range []struct {
		key         string
		to          *uint32
		usual, most uint32
	}{
		{"max_steps", &maxSteps, 0, 1000000}, {"pc", &m.pc, 0, 0xFFFFFFFF}, {"sp", &m.sp, 0x8000, 0xFFFFFFFF},
		{"psw", &psw, 0, 15}, {"stack_limit", &m.stackLimit, 0, 0xFFFFFFFF}, {"reg_base", &regBase, 0, 0xFFC0},
	} {
		if *field.to, err = integer(members[field.key], field.usual, field.most); err != nil {
			return nil, 0, fmt.Errorf("%s: %w", field.key, err)
		}
	}
	m.psw = uint8(psw)
	if m.code, err = hexBytes(members["code"]); err != nil || len(m.code) > 0x10000 || maxSteps == 0 {
		return nil, 0, fmt.Errorf("code or max_steps is out of range")
	}
	regs, err := words(members["regs"])
	if err != nil || members["regs"] != nil && len(regs) != 16 {
		return nil, 0, fmt.Errorf("regs: not 16 words")
	}
	copy(m.regs[:], regs)
	if m.callStack, err = words(members["call_stack"]); err != nil {
		return nil, 0, fmt.Errorf("call_stack: %w", err)
	}
	blocks, err := list(members["mem"])
	for i := 0; i < len(blocks) && err == nil; i++ {
		err = m.put(blocks[i])
	}
	if err != nil {
		return nil, 0, fmt.Errorf("mem: %w", err)
	}
	trace := string(members["trace"])
	if trace != "" && trace != "true" && trace != "false" {
		return nil, 0, fmt.Errorf("trace: not a boolean")
	}
	if regBase != 0 || trace == "true" {
		return nil, 0, unsupported("reg_base and trace")
	}
	return m, maxSteps, nil
}

func (m *vm) put(block json.RawMessage) error {
	parts, err := list(block)
	if err != nil || len(parts) != 2 {
		return fmt.Errorf("not [address, hex]")
	}
	address, err := integer(parts[0], 0, 0x10000)
	if err != nil {
		return err
	}
	data, err := hexBytes(parts[1])
	if err == nil && int(address)+len(data) > len(m.mem) {
		err = fmt.Errorf("not within 64 KiB")
	}
	if err == nil {
		copy(m.mem[address:], data)
	}
	return err
}

func run(value []byte) (map[string]any, error) {
	m, maxSteps, err := read(value)
	if err != nil {
		return nil, err
	}
	before := append([]byte{}, m.mem...)
	stop, steps := map[string]any(nil), uint32(0)
	for ; stop == nil && steps < maxSteps; steps++ {
		if stop, err = m.step(); err != nil {
			return nil, err
		}
	}
	if stop == nil {
		stop = map[string]any{"kind": "budget"}
	}
	return map[string]any{"stop": stop, "steps": steps, "pc": m.pc, "sp": m.sp, "psw": m.psw, "regs": m.regs,
		"call_stack": m.callStack, "mem": changes(before, m.mem)}, nil
}

// Every longest run of bytes that differ, as `[address, hex]`.
func changes(before, after []byte) [][2]any {
	runs := [][2]any{}
	for at := 0; at < len(after); at++ {
		start := at
		for at < len(after) && before[at] != after[at] {
			at++
		}
		if at > start {
			runs = append(runs, [2]any{start, hex.EncodeToString(after[start:at])})
		}
	}
	return runs
}

func answer(line []byte) map[string]any {
	bad := func(err error) map[string]any { return map[string]any{"error": err.Error()} }
	if !utf8.Valid(line) {
		return bad(fmt.Errorf("not UTF-8"))
	}
	request, err := object(line, "op", "protocol id subject profile case")
	if err != nil {
		return bad(err)
	}
	if string(request["op"]) == `"hello"` {
		if request, err = object(line, "op protocol", ""); err != nil {
			return bad(err)
		}
		if string(request["protocol"]) != "2" {
			return bad(fmt.Errorf("protocol 2 is what is spoken here"))
		}
		subjects := map[string]any{"minivm": profiles}
		return map[string]any{"protocol": 2, "name": name, "version": version, "subjects": subjects}
	}
	if request, err = object(line, "op id subject profile case", ""); err != nil {
		return bad(err)
	}
	values := map[string]string{}
	for _, key := range []string{"op", "id", "subject", "profile"} {
		if values[key], err = text(request[key]); err != nil {
			return bad(fmt.Errorf("%s: %w", key, err))
		}
	}
	if values["op"] != "run" {
		return bad(fmt.Errorf("op: neither hello nor run"))
	}
	reply := map[string]any{"id": request["id"]}
	isKnown := false
	for _, profile := range profiles {
		isKnown = isKnown || values["subject"] == "minivm" && values["profile"] == profile
	}
	if !isKnown {
		reply["error"] = fmt.Sprintf("%s in %s is not known here", values["subject"], values["profile"])
		return reply
	}
	outcome, err := run(request["case"])
	switch what := err.(type) {
	case nil:
		reply["outcome"] = outcome
	case unsupported:
		reply["unsupported"] = what.Error()
	default:
		reply["error"] = what.Error()
	}
	return reply
}

func main() {
	input, output := bufio.NewReader(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		line, err := input.ReadBytes('\n')
		if len(line) > 0 && output.Encode(answer(line)) != nil {
			os.Exit(1)
		}
		if err != nil {
			return
		}
	}
}
