// A machine of your own: the start of a port of MiniVM, behind the machine protocol.
//
//     c++ -std=c++17 -O2 -o machine machine.cpp
//
// It has two opcodes, LDI and BRK, and says `unsupported` to every case that needs another one. Add opcodes to `step`.
#include <algorithm>
#include <array>
#include <cstdint>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What is not implemented yet.
struct Unsupported : std::runtime_error { using runtime_error::runtime_error; };
// A request or a case that is none.
struct Bad : std::runtime_error { using runtime_error::runtime_error; };

struct Vm {
    std::vector<uint8_t> code;
    std::array<uint32_t, 16> regs{};
    uint32_t pc = 0, sp = 0x8000;
    uint8_t psw = 0;
    std::vector<uint32_t> call_stack;
    std::vector<uint8_t> mem = std::vector<uint8_t>(0x10000);

    // Runs one instruction: how the machine stops, as JSON, or nothing if it goes on. Your port goes here.
    std::optional<std::string> step() {
        if (pc > code.size() || code.size() - pc < 4) throw Unsupported("a pc outside the code");
        uint32_t word = 0;
        for (int i = 0; i < 4; i++) word = word << 8 | code[pc + i];
        uint32_t op = word >> 24, rd = word >> 20 & 15, immediate = word & 0xFFF;
        switch (op) {
        case 0x01: regs[rd] = immediate & 0x800 ? immediate | 0xFFFFF000u : immediate; break; // LDI
        case 0x7F: // BRK
            pc += 4;
            return "{\"kind\":\"break\",\"code\":" + std::to_string(word & 0xFF) + "}";
        default: throw Unsupported("opcode " + std::to_string(op));
        }
        pc += 4;
        return std::nullopt;
    }
};

// ---- Everything below is the protocol: oracle/PROTOCOL.md and vectors/minivm/PROTOCOL.md. ----

// JSON whose values are kept as the text that they stand in, so that an id comes back as it came.
struct Reader {
    std::string_view text;
    size_t at = 0;

    void blanks() { at = std::min(text.find_first_not_of(" \t\r\n", at), text.size()); }
    bool take(char c) {
        blanks();
        if (at == text.size() || text[at] != c) return false;
        at++;
        return true;
    }
    void expect(char c) {
        if (!take(c)) throw Bad(std::string("`") + c + "` is wanted");
    }
    std::string_view string() {
        blanks();
        size_t start = at;
        expect('"');
        while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
        if (at >= text.size()) throw Bad("a string does not end");
        return text.substr(start, ++at - start);
    }
    std::string_view value() {
        blanks();
        size_t start = at;
        if (at < text.size() && text[at] == '"') return string();
        if (take('{')) {
            if (!take('}')) {
                do { string(); expect(':'); value(); } while (take(','));
                expect('}');
            }
        } else if (take('[')) {
            if (!take(']')) {
                do value(); while (take(','));
                expect(']');
            }
        } else {
            at = std::min(text.find_first_of(",]} \t\r\n", at), text.size());
            if (at == start) throw Bad("a value is wanted");
        }
        return text.substr(start, at - start);
    }
    void end() {
        blanks();
        if (at < text.size()) throw Bad("there is something behind the end");
    }
};

// An object with none but these keys, each at most once.
struct Object {
    std::vector<std::pair<std::string_view, std::string_view>> members;

    Object(std::string_view text, std::initializer_list<std::string_view> keys) {
        Reader reader{text};
        reader.expect('{');
        if (!reader.take('}')) {
            do {
                std::string_view key = reader.string();
                key = key.substr(1, key.size() - 2);
                if (std::find(keys.begin(), keys.end(), key) == keys.end()) throw Bad(std::string(key) + ": unknown key");
                if (find(key)) throw Bad(std::string(key) + ": repeated key");
                reader.expect(':');
                members.emplace_back(key, reader.value());
            } while (reader.take(','));
            reader.expect('}');
        }
        reader.end();
    }
    std::optional<std::string_view> find(std::string_view key) const {
        for (auto &[name, value] : members)
            if (name == key) return value;
        return std::nullopt;
    }
    std::string_view operator[](std::string_view key) const {
        if (auto value = find(key)) return *value;
        throw Bad(std::string(key) + ": missing");
    }
};

static uint32_t integer(std::string_view text, uint32_t most = 0xFFFFFFFF) {
    bool digits = !text.empty() && text.find_first_not_of("0123456789") == text.npos;
    if (!digits || text.size() > 10 || (text[0] == '0' && text.size() > 1) || std::stoull(std::string(text)) > most)
        throw Bad("an integer from 0 to " + std::to_string(most) + " is wanted");
    return (uint32_t)std::stoull(std::string(text));
}

static std::vector<uint8_t> hex(std::string_view text) {
    if (text.size() < 2 || text[0] != '"') throw Bad("bytes in hexadecimal are wanted");
    text = text.substr(1, text.size() - 2);
    if (text.size() % 2 || text.size() > 0x20000 || text.find_first_not_of("0123456789abcdef") != text.npos)
        throw Bad("bytes in hexadecimal are wanted");
    std::vector<uint8_t> bytes;
    for (size_t i = 0; i < text.size(); i += 2)
        bytes.push_back((uint8_t)std::stoul(std::string(text.substr(i, 2)), nullptr, 16));
    return bytes;
}

// The values of a list.
static std::vector<std::string_view> list(std::string_view text) {
    Reader reader{text};
    std::vector<std::string_view> values;
    reader.expect('[');
    if (!reader.take(']')) {
        do values.push_back(reader.value()); while (reader.take(','));
        reader.expect(']');
    }
    return values;
}

template <class Words> static std::string words(const Words &values) {
    std::string text = "[";
    for (uint32_t value : values) text += (text.size() > 1 ? "," : "") + std::to_string(value);
    return text + "]";
}

// Every longest run of bytes that differ, as `[address, hex]`.
static std::string changes(const std::vector<uint8_t> &before, const std::vector<uint8_t> &after) {
    std::string text = "[";
    for (size_t at = 0; before != after && at < after.size(); at++) {
        if (before[at] == after[at]) continue;
        text += (text.size() > 1 ? ",[" : "[") + std::to_string(at) + ",\"";
        for (; at < after.size() && before[at] != after[at]; at++)
            text += std::string(1, "0123456789abcdef"[after[at] >> 4]) + "0123456789abcdef"[after[at] & 15];
        text += "\"]";
    }
    return text + "]";
}

static std::string run(std::string_view text) {
    Object given(text, {"code", "max_steps", "pc", "regs", "sp", "psw", "stack_limit", "reg_base", "call_stack", "mem", "trace"});
    auto number = [&](const char *key, uint32_t usual, uint32_t most = 0xFFFFFFFF) {
        auto value = given.find(key);
        return value ? integer(*value, most) : usual;
    };
    Vm vm;
    vm.code = hex(given["code"]);
    uint32_t max_steps = integer(given["max_steps"], 1000000);
    if (max_steps == 0) throw Bad("max_steps: 0");
    vm.pc = number("pc", 0);
    vm.sp = number("sp", 0x8000);
    vm.psw = (uint8_t)number("psw", 0, 15);
    number("stack_limit", 0);
    if (auto regs = given.find("regs")) {
        auto values = list(*regs);
        if (values.size() != 16) throw Bad("regs: 16 of them are wanted");
        for (int i = 0; i < 16; i++) vm.regs[i] = integer(values[i]);
    }
    if (auto stack = given.find("call_stack"))
        for (auto value : list(*stack)) vm.call_stack.push_back(integer(value));
    if (auto mem = given.find("mem"))
        for (auto block : list(*mem)) {
            auto pair = list(block);
            if (pair.size() != 2) throw Bad("mem: [address, hex] is wanted");
            auto data = hex(pair[1]);
            uint32_t address = integer(pair[0], 0x10000 - (uint32_t)data.size());
            std::copy(data.begin(), data.end(), vm.mem.begin() + address);
        }
    std::string_view trace = given.find("trace").value_or("false");
    if (trace != "false" && trace != "true") throw Bad("trace: not a boolean");
    if (number("reg_base", 0, 0xFFC0) || trace == "true") throw Unsupported("reg_base and trace");

    const std::vector<uint8_t> before = vm.mem;
    std::optional<std::string> stop;
    uint32_t steps = 0;
    for (; !stop && steps < max_steps; steps++) stop = vm.step();
    return "{\"stop\":" + stop.value_or("{\"kind\":\"budget\"}") + ",\"steps\":" + std::to_string(steps) +
           ",\"pc\":" + std::to_string(vm.pc) + ",\"sp\":" + std::to_string(vm.sp) + ",\"psw\":" + std::to_string(vm.psw) +
           ",\"regs\":" + words(vm.regs) + ",\"call_stack\":" + words(vm.call_stack) + ",\"mem\":" + changes(before, vm.mem) + "}";
}

// A text as a JSON string. What it may contain of a request was in a JSON string before.
static std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if ((unsigned char)c >= 0x20 && (unsigned char)c < 0x7F) out += c;
    }
    return out + "\"";
}

static std::string answer(const std::string &line) {
    Object request(line, {"op", "protocol", "id", "subject", "profile", "case"});
    if (request["op"] == "\"hello\"") {
        if (request["protocol"] != "2") throw Bad("protocol 2 is what is spoken here");
        return R"({"protocol":2,"name":"mine","version":"0.1.0","subjects":{"minivm":["reference"]}})";
    }
    std::string_view id = request["id"], subject = request["subject"], profile = request["profile"], text = request["case"];
    if (request["op"] != "\"run\"" || id[0] != '"') throw Bad("neither hello nor run with an id");
    std::string start = "{\"id\":" + std::string(id);
    if (subject != "\"minivm\"" || profile != "\"reference\"")
        return start + ",\"error\":" + quoted(std::string(subject) + " in " + std::string(profile) + " is not known here") + "}";
    try {
        return start + ",\"outcome\":" + run(text) + "}";
    } catch (const Unsupported &what) {
        return start + ",\"unsupported\":" + quoted(what.what()) + "}";
    } catch (const Bad &bad) {
        return start + ",\"error\":" + quoted(bad.what()) + "}";
    }
}

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        std::string reply;
        try {
            reply = answer(line);
        } catch (const Bad &bad) {
            reply = "{\"error\":" + quoted(bad.what()) + "}";
        }
        std::cout << reply << std::endl;
    }
}
