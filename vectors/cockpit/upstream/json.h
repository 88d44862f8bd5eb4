// Just enough JSON to read a request of the machine protocol and to write text into a reply.

#pragma once

#include <cstdint>
#include <cstdio>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

class Json {
  public:
    // Reads one value, which takes all of the text.
    static Json read(const std::string& text) {
        Reader reader{text};
        Json value = reader.value();
        if (!reader.at_end()) throw std::runtime_error("more than one value");
        return value;
    }

    int64_t number() const { return as(kind_ == Kind::Number, number_, "a number"); }
    const std::string& text() const { return as(kind_ == Kind::Text, text_, "a text"); }
    const std::vector<Json>& list() const { return as(kind_ == Kind::List, items_, "a list"); }
    const Json& operator[](size_t at) const { return list().at(at); }

    // The member of an object.
    const Json& at(const std::string& key) const {
        const Json* found = find(key);
        if (!found) throw std::runtime_error(key + ": missing");
        return *found;
    }

    // A member that is a number, or else this one.
    int64_t number(const std::string& key, int64_t otherwise) const {
        const Json* found = find(key);
        return found ? found->number() : otherwise;
    }

    // A member that is a list, or else an empty one.
    const std::vector<Json>& list(const std::string& key) const {
        static const std::vector<Json> nothing;
        const Json* found = find(key);
        return found ? found->list() : nothing;
    }

    // What stands beside a number in a member that is a list of pairs, or else this.
    int64_t numbered(const std::string& key, int64_t wanted, int64_t otherwise) const {
        for (const Json& pair : list(key))
            if (pair[0].number() == wanted) return pair[1].number();
        return otherwise;
    }

  private:
    enum class Kind { Nothing, Number, Text, List, Object };
    Kind kind_ = Kind::Nothing;
    int64_t number_ = 0;
    std::string text_;
    std::vector<Json> items_;
    std::map<std::string, Json> members_;

    template <typename T> static const T& as(bool is, const T& value, const char* wanted) {
        if (!is) throw std::runtime_error(std::string("not ") + wanted);
        return value;
    }

    const Json* find(const std::string& key) const {
        const auto found = members_.find(key);
        return found == members_.end() ? nullptr : &found->second;
    }

    struct Reader {
        const std::string& text;
        size_t at = 0;

        bool at_end() {
            blanks();
            return at == text.size();
        }

        void blanks() {
            while (at < text.size() && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r')) ++at;
        }

        char next() {
            if (at >= text.size()) throw std::runtime_error("the request ends too early");
            return text[at++];
        }

        bool take(char wanted) {
            blanks();
            if (at >= text.size() || text[at] != wanted) return false;
            ++at;
            return true;
        }

        void expect(char wanted) {
            if (!take(wanted)) throw std::runtime_error(std::string("`") + wanted + "` is missing");
        }

        Json value() {
            Json value;
            blanks();
            if (take('{')) {
                value.kind_ = Kind::Object;
                if (take('}')) return value;
                do {
                    blanks();
                    std::string key = string();
                    expect(':');
                    value.members_[key] = this->value();
                } while (take(','));
                expect('}');
            } else if (take('[')) {
                value.kind_ = Kind::List;
                if (take(']')) return value;
                do value.items_.push_back(this->value());
                while (take(','));
                expect(']');
            } else if (at < text.size() && text[at] == '"') {
                value.kind_ = Kind::Text;
                value.text_ = string();
            } else {
                size_t length = 0;
                value.kind_ = Kind::Number;
                value.number_ = std::stoll(text.substr(at), &length);
                at += length;
            }
            return value;
        }

        std::string string() {
            expect('"');
            std::string read;
            for (char letter; (letter = next()) != '"';) read += letter == '\\' ? escaped() : std::string(1, letter);
            return read;
        }

        std::string escaped() {
            switch (const char letter = next()) {
                case 'n': return "\n";
                case 't': return "\t";
                case 'r': return "\r";
                case 'b': return "\b";
                case 'f': return "\f";
                case 'u': {
                    std::string digits;
                    for (int digit = 0; digit < 4; ++digit) digits += next();
                    const int code = std::stoi(digits, nullptr, 16);
                    if (code > 0x7F) throw std::runtime_error("a character that is not ASCII");
                    return std::string(1, static_cast<char>(code));
                }
                default: return std::string(1, letter);
            }
        }
    };
};

// A text in quotes, each of whose bytes is a character.
inline std::string quoted(const std::string& text) {
    std::string quoted = "\"";
    for (const unsigned char byte : text) {
        if (byte == '"' || byte == '\\') {
            quoted += '\\';
            quoted += static_cast<char>(byte);
        } else if (byte < 0x20 || byte > 0x7E) {
            char escape[8];
            snprintf(escape, sizeof escape, "\\u%04x", byte);
            quoted += escape;
        } else {
            quoted += static_cast<char>(byte);
        }
    }
    return quoted + "\"";
}

inline std::string bytes_of(const std::string& digits) {
    if (digits.size() % 2 != 0) throw std::runtime_error("an odd number of hex digits");
    std::string bytes;
    for (size_t at = 0; at < digits.size(); at += 2)
        bytes += static_cast<char>(std::stoi(digits.substr(at, 2), nullptr, 16));
    return bytes;
}
