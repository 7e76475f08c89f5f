// What shapes the device, and its faults. See ../README.md.
#include <cstdlib>
#include <cstring>
#include <map>

#include "driver.h"

namespace emulated::driver {
namespace {

std::map<std::string, std::string> given, read;

struct Fault {
    std::string call;
    unsigned long at = 0;
    int code = 0;
    bool is_once = false;
};

std::string fault_text;
Fault wanted;
unsigned long calls;

void read_fault() {
    std::string text = setting("EMULATED_FAULT", "");
    if (text == fault_text) return;
    fault_text = text;
    wanted = {};
    calls = 0;
    if (text.empty()) return;
    size_t first = text.find(':');
    size_t second = first == std::string::npos ? first : text.find(':', first + 1);
    if (second == std::string::npos) fail("EMULATED_FAULT is <call>:<n>:<code>[:once], not %s", text.c_str());
    wanted.call = text.substr(0, first);
    wanted.at = strtoul(text.c_str() + first + 1, nullptr, 10);
    wanted.code = atoi(text.c_str() + second + 1);
    wanted.is_once = text.size() > 5 && text.substr(text.size() - 5) == ":once";
}

bool is_named(const char* call, const std::string& name) {
    return name == call || name + "_v2" == call;
}

}  // namespace

void read_settings() {
    read.clear();
    for (const char* name : {"EMULATED_DEVICES", "EMULATED_CAPABILITY", "EMULATED_MEMORY",
                             "EMULATED_DRIVER", "EMULATED_FAULT", "EMULATED_LATE", "EMULATED_ORDER"})
        if (const char* value = getenv(name)) read[name] = value;
    read_fault();
    set_order(number("EMULATED_ORDER", 0));
}

std::string setting(const char* name, const char* otherwise) {
    if (auto found = given.find(name); found != given.end()) return found->second;
    if (auto found = read.find(name); found != read.end()) return found->second;
    return otherwise;
}

unsigned long number(const char* name, unsigned long otherwise) {
    std::string text = setting(name, "");
    return text.empty() ? otherwise : strtoul(text.c_str(), nullptr, 10);
}

int fault(const char* call, bool& is_sticky) {
    if (wanted.call.empty() || !is_named(call, wanted.call)) return SUCCESS;
    calls++;
    is_sticky = !wanted.is_once;
    return calls == wanted.at ? wanted.code : (int)SUCCESS;
}

}  // namespace emulated::driver

using namespace emulated::driver;

// Not of NVIDIA's driver: sets what an environment variable would, from now on; null or "" takes
// it back. A new EMULATED_FAULT counts calls from here, and a lost device is found again.
extern "C" __attribute__((visibility("default"))) void emulated_set(const char* name,
                                                                    const char* value) {
    std::lock_guard guard(all().lock);
    if (value && *value)
        given[name] = value;
    else
        given.erase(name);
    if (strcmp(name, "EMULATED_FAULT") == 0) {
        fault_text.clear();
        wanted = {};
        all().lost = SUCCESS;
    }
    read_settings();
}
