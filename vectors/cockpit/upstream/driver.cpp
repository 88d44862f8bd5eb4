// Machine `upstream`: ExecutionEngine_v2 of a checkout of cms-pm/cockpit, one instruction after the other, behind the machine
// protocol, version 2. It is compiled together with the sources of the checkout, of which it contains nothing.
//
// What the engine prints is caught instead of printed, and tells what was done to the devices. What the devices answer is given
// by the case: the mock's own answer to a read is replaced on top of the stack once the engine has accepted the read.

#include <csetjmp>
#include <csignal>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <string>

static std::string caught;

static int catch_text(const char* format, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    caught += text;
    return length;
}

#define printf catch_text
#include "execution_engine/execution_engine_v2.cpp"
#include "io_controller/io_controller.cpp"
#include "memory_manager/memory_manager.cpp"
#undef printf

#include "json.h"

#include <map>
#include <memory>
#include <stdexcept>
#include <vector>

// Members that no call gives or takes. An explicit instantiation may name what is private.
template <typename Name, auto Member> struct Open {
    friend constexpr auto member(Name) { return Member; }
};
struct Pc { friend constexpr auto member(Pc); };
struct Cells { friend constexpr auto member(Cells); };
struct Pins { friend constexpr auto member(Pins); };
template struct Open<Pc, &ExecutionEngine_v2::pc_>;
template struct Open<Cells, &ExecutionEngine_v2::stack_>;
template struct Open<Pins, &IOController::pin_states_>;

namespace {

enum Opcode : uint8_t {
    DIV = 0x06, MOD = 0x07, DIGITAL_WRITE = 0x10, DIGITAL_READ = 0x11, ANALOG_WRITE = 0x12, ANALOG_READ = 0x13, DELAY = 0x14,
    PIN_MODE = 0x17, PRINTF = 0x18, MILLIS = 0x19, MICROS = 0x1A,
};

constexpr size_t ARRAYS = 16, GLOBALS = 64, PINS = 20;

const char* name_of(int error) {
    switch (error) {
        case 1: return "stack_overflow";
        case 2: return "stack_underflow";
        case 4: return "invalid_jump";
        case 5: return "invalid_opcode";
        case 6: return "division_by_zero";
        case 7: return "memory_bounds";
        case 9: return "hardware_fault";
        case 10: return "program_not_loaded";
        default: throw std::runtime_error("the engine reports error " + std::to_string(error));
    }
}

// Where to go on if the engine dies of a division that does not fit.
sigjmp_buf after_death;
volatile sig_atomic_t may_die = 0;

void on_sigfpe(int) {
    if (may_die) siglongjmp(after_death, 1);
    signal(SIGFPE, SIG_DFL);
    raise(SIGFPE);
}

struct Unsupported : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// A case on the engine.
class Run {
  public:
    explicit Run(const Json& given) : given_(given), code_(bytes_of(given.at("code").text())) {
        engine_.set_program(reinterpret_cast<const VM::Instruction*>(code_.data()), size());
        engine_.*member(Pc{}) = given.number("pc", 0);
        for (const Json& cell : given.list("stack")) must(engine_.push(cell.number()));
        for (const Json& entry : given.list("globals")) must(memory_.store_global(entry[0].number(), entry[1].number()));
        for (const Json& entry : given.list("arrays")) {
            const auto& elements = entry[1].list();
            must(memory_.create_array(entry[0].number(), elements.size()));
            for (size_t at = 0; at < elements.size(); ++at)
                must(memory_.store_array_element(entry[0].number(), at, elements[at].number()));
        }
        for (const Json& text : given.list("strings")) {
            uint8_t id;
            must(io_.add_string(text.text().c_str(), id));
        }
        for (const Json& entry : given.list("pins")) must(io_.pin_mode(entry[0].number(), entry[1].number()));
    }

    std::string outcome() {
        if (size() == 0) return report("{\"kind\":\"error\",\"error\":\"program_not_loaded\"}");
        const int64_t most = given_.at("max_steps").number();
        while (engine_.get_pc() < size()) {
            if (steps_ == most) return report("{\"kind\":\"budget\"}");
            const uint8_t opcode = code_[4 * engine_.get_pc()];
            if (!step(opcode)) {
                if (engine_.is_halted()) return ++steps_, report("{\"kind\":\"halt\"}");
                return report(std::string("{\"kind\":\"error\",\"error\":\"") + name_of(engine_.get_last_error()) + "\"}");
            }
            ++steps_;
            devices(opcode);
        }
        return report("{\"kind\":\"end\"}");
    }

  private:
    const Json& given_;
    const std::string code_;
    ExecutionEngine_v2 engine_;
    MemoryManager memory_;
    IOController io_;
    int64_t steps_ = 0;
    // The pin that is read, before it is popped.
    int32_t top_ = 0;
    std::string calls_;

    size_t size() const { return code_.size() / 4; }

    static void must(bool done) {
        if (!done) throw std::runtime_error("the engine does not take the starting state");
    }

    int32_t cell(size_t below_top) const { return (engine_.*member(Cells{}))[engine_.get_sp() - 1 - below_top]; }

    bool step(uint8_t opcode) {
        caught.clear();
        top_ = engine_.get_sp() > 0 ? cell(0) : 0;
        const bool does_not_fit = (opcode == DIV || opcode == MOD) && engine_.get_sp() > 1 && cell(0) == -1 && cell(1) == INT32_MIN;
        if (!does_not_fit) return engine_.execute_single_instruction(memory_, io_);
        if (sigsetjmp(after_death, 1) == 0) {
            may_die = 1;
            const bool goes_on = engine_.execute_single_instruction(memory_, io_);
            may_die = 0;
            return goes_on;
        }
        may_die = 0;
        throw Unsupported("the engine's process is killed by SIGFPE at -2^31 / -1");
    }

    // What an instruction that has completed did to the devices, and what they answer it.
    void devices(uint8_t opcode) {
        int pin, value;
        unsigned nanoseconds;
        switch (opcode) {
            case PIN_MODE:
                scan("Pin mode: pin %d = %d\n", &pin, &value);
                return call("\"pin_mode\",\"pin\":" + std::to_string(pin) + ",\"mode\":" + std::to_string(value));
            case DIGITAL_WRITE:
                scan("Digital write: pin %d = %d\n", &pin, &value);
                return call("\"digital_write\",\"pin\":" + std::to_string(pin) + ",\"value\":" + std::to_string(value));
            case ANALOG_WRITE:
                scan("Analog write: pin %d = %d\n", &pin, &value);
                return call("\"analog_write\",\"pin\":" + std::to_string(pin) + ",\"value\":" + std::to_string(value));
            case DELAY:
                if (sscanf(caught.c_str(), "Delay: %u ns\n", &nanoseconds) != 1) throw std::runtime_error("no delay: " + caught);
                return call("\"delay\",\"ms\":" + std::to_string(milliseconds(nanoseconds)));
            case PRINTF: return call("\"print\",\"text\":" + quoted(caught));
            case DIGITAL_READ: return answer(given_.numbered("digital", top_, 0));
            case ANALOG_READ: return answer(given_.numbered("analog", top_, 512));
            case MILLIS: return answer(given_.number("millis", 1000));
            case MICROS: return answer(given_.number("micros", 1000000));
        }
    }

    void scan(const char* format, int* first, int* second) const {
        if (sscanf(caught.c_str(), format, first, second) != 2) throw std::runtime_error("not what was expected: " + caught);
    }

    // The mock prints milliseconds as nanoseconds modulo 2^32. As 10^6 = 2^6 * 15625 and 15625 is odd, the lower 26 bits of the
    // milliseconds can be told from that, and a delay has no more.
    static uint32_t milliseconds(uint32_t nanoseconds) {
        uint32_t inverse = 1;
        for (int round = 0; round < 5; ++round) inverse *= 2 - 15625 * inverse;
        return (nanoseconds >> 6) * inverse & ((1u << 26) - 1);
    }

    void answer(int64_t value) {
        int32_t mock;
        must(engine_.pop(mock) && engine_.push(static_cast<int32_t>(value)));
    }

    void call(const std::string& what) { calls_ += (calls_.empty() ? "{\"call\":" : ",{\"call\":") + what + "}"; }

    std::string report(const std::string& stop) const {
        std::string cells, globals, arrays, pins;
        for (size_t at = 0; at < engine_.get_sp(); ++at) add(cells, std::to_string((engine_.*member(Cells{}))[at]));
        for (size_t number = 0; number < GLOBALS; ++number) {
            int32_t value;
            if (memory_.load_global(number, value) && value != 0) add(globals, pair(number, std::to_string(value)));
        }
        for (size_t number = 0; number < ARRAYS; ++number) {
            size_t length;
            if (!memory_.get_array_size(number, length)) continue;
            std::string elements;
            for (size_t at = 0; at < length; ++at) {
                int32_t value;
                must(memory_.load_array_element(number, at, value));
                add(elements, std::to_string(value));
            }
            add(arrays, pair(number, "[" + elements + "]"));
        }
        for (size_t pin = 0; pin < PINS; ++pin) {
            const int mode = (io_.*member(Pins{}))[pin].mode;
            if (mode != 0) add(pins, pair(pin, std::to_string(mode)));
        }
        return "{\"stop\":" + stop + ",\"steps\":" + std::to_string(steps_) + ",\"pc\":" + std::to_string(engine_.get_pc()) +
               ",\"stack\":[" + cells + "],\"globals\":[" + globals + "],\"arrays\":[" + arrays + "],\"pins\":[" + pins +
               "],\"calls\":[" + calls_ + "]}";
    }

    static void add(std::string& list, const std::string& item) { list += (list.empty() ? "" : ",") + item; }

    static std::string pair(size_t number, const std::string& value) { return "[" + std::to_string(number) + "," + value + "]"; }
};

std::string reply(const std::string& line, const std::string& version) {
    const Json request = Json::read(line);
    const std::string op = request.at("op").text();
    if (op == "hello" && request.at("protocol").number() == 2)
        return "{\"protocol\":2,\"name\":\"upstream\",\"version\":" + quoted(version) + ",\"subjects\":{\"cockpit\":[\"head\"]}}";
    if (op != "run") throw std::runtime_error("there are `hello` in version 2 and `run`");
    const std::string id = "{\"id\":" + quoted(request.at("id").text());
    try {
        if (request.at("subject").text() != "cockpit" || request.at("profile").text() != "head")
            throw std::runtime_error("there is `cockpit` in `head` alone");
        return id + ",\"outcome\":" + std::make_unique<Run>(request.at("case"))->outcome() + "}";
    } catch (const Unsupported& why) {
        return id + ",\"unsupported\":" + quoted(why.what()) + "}";
    } catch (const std::exception& why) {
        return id + ",\"error\":" + quoted(why.what()) + "}";
    }
}

}  // namespace

int main(int count, char** arguments) {
    signal(SIGFPE, on_sigfpe);
    const std::string version = count > 1 ? arguments[1] : "";
    std::string line;
    // Replies are flushed if no further request is waiting in the buffer.
    for (int letter; (letter = getchar()) != EOF;) {
        if (letter != '\n') {
            line += static_cast<char>(letter);
            continue;
        }
        std::string answer;
        try {
            answer = reply(line, version);
        } catch (const std::exception& why) {
            answer = "{\"error\":" + quoted(why.what()) + "}";
        }
        line.clear();
        puts(answer.c_str());
        fflush(stdout);
    }
    return 0;
}
