// The run-time compiler: libnvrtc.so.12. It compiles nothing, as the kernels are inside the driver
// already (see driver/module.cpp); its machine code says for what it was asked.
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <set>
#include <string>

#define CALL(name, ...) extern "C" __attribute__((visibility("default"))) int name(__VA_ARGS__)

namespace {

// nvrtcResult.
enum Code : int { SUCCESS = 0, INVALID_INPUT = 3, INVALID_PROGRAM = 4, INVALID_OPTION = 5, COMPILATION = 6 };

const char* NAMES[] = {
    "NVRTC_SUCCESS",
    "NVRTC_ERROR_OUT_OF_MEMORY",
    "NVRTC_ERROR_PROGRAM_CREATION_FAILURE",
    "NVRTC_ERROR_INVALID_INPUT",
    "NVRTC_ERROR_INVALID_PROGRAM",
    "NVRTC_ERROR_INVALID_OPTION",
    "NVRTC_ERROR_COMPILATION",
};
const int ARCHITECTURES[] = {50, 52, 53, 60, 61, 62, 70, 72, 75, 80, 86, 87, 89, 90, 100, 101, 103, 120, 121};

struct Program {
    std::string source, log, code;
};

std::mutex& lock() {
    static auto& one = *new std::mutex;
    return one;
}

// Made and not destroyed.
std::set<Program*>& programs() {
    static auto& all = *new std::set<Program*>;
    return all;
}

bool is_living(Program* program) {
    std::lock_guard guard(lock());
    return programs().count(program) > 0;
}

bool is_known(int architecture) {
    for (int one : ARCHITECTURES)
        if (one == architecture) return true;
    return false;
}

// The rest of an option that starts so, or null.
const char* value(const char* option, const char* start) {
    size_t length = strlen(start);
    return strncmp(option, start, length) == 0 ? option + length : nullptr;
}

int compile(Program& program, int count, const char* const* options) {
    int bf16 = 0, architecture = 75;
    for (int i = 0; i < count; i++) {
        if (auto* text = value(options[i], "-DBF16=")) bf16 = atoi(text);
        for (auto* start : {"--gpu-architecture=", "-arch="}) {
            auto* text = value(options[i], start);
            if (!text) continue;
            auto* digits = value(text, "sm_");
            architecture = digits ? atoi(digits) : 0;
            if (!is_known(architecture)) {
                program.log = "nvrtc: error: invalid value for --gpu-architecture (-arch)\n";
                return INVALID_OPTION;
            }
        }
    }
    if (program.source.find("KERNEL(") == std::string::npos) {
        program.log = "kernels.cu(1): error: this holds no kernel\n";
        return COMPILATION;
    }
    program.code = "emulated machine code BF16=" + std::to_string(bf16) + " sm_" +
                   std::to_string(architecture) + "\n";
    return SUCCESS;
}

}  // namespace

CALL(nvrtcVersion, int* major, int* minor) {
    if (!major || !minor) return INVALID_INPUT;
    *major = 12;
    *minor = 9;
    return SUCCESS;
}

CALL(nvrtcGetNumSupportedArchs, int* count) {
    if (!count) return INVALID_INPUT;
    *count = sizeof ARCHITECTURES / sizeof *ARCHITECTURES;
    return SUCCESS;
}

CALL(nvrtcGetSupportedArchs, int* architectures) {
    if (!architectures) return INVALID_INPUT;
    memcpy(architectures, ARCHITECTURES, sizeof ARCHITECTURES);
    return SUCCESS;
}

CALL(nvrtcCreateProgram, Program** program, const char* source, const char*, int headers, const char* const*,
     const char* const*) {
    if (!program || !source || headers) return INVALID_INPUT;
    std::lock_guard guard(lock());
    *program = new Program{source, "", ""};
    programs().insert(*program);
    return SUCCESS;
}

CALL(nvrtcCompileProgram, Program* program, int count, const char* const* options) {
    if (!is_living(program)) return INVALID_PROGRAM;
    return compile(*program, count, options);
}

CALL(nvrtcGetProgramLogSize, Program* program, size_t* bytes) {
    if (!is_living(program)) return INVALID_PROGRAM;
    *bytes = program->log.size() + 1;
    return SUCCESS;
}

CALL(nvrtcGetProgramLog, Program* program, char* log) {
    if (!is_living(program)) return INVALID_PROGRAM;
    memcpy(log, program->log.c_str(), program->log.size() + 1);
    return SUCCESS;
}

CALL(nvrtcGetCUBINSize, Program* program, size_t* bytes) {
    if (!is_living(program)) return INVALID_PROGRAM;
    *bytes = program->code.size();
    return SUCCESS;
}

CALL(nvrtcGetCUBIN, Program* program, char* code) {
    if (!is_living(program)) return INVALID_PROGRAM;
    memcpy(code, program->code.data(), program->code.size());
    return SUCCESS;
}

CALL(nvrtcDestroyProgram, Program** program) {
    if (!program) return INVALID_PROGRAM;
    std::lock_guard guard(lock());
    if (!programs().erase(*program)) return INVALID_PROGRAM;
    delete *program;
    *program = nullptr;
    return SUCCESS;
}

extern "C" __attribute__((visibility("default"))) const char* nvrtcGetErrorString(int code) {
    return code >= 0 && code <= 6 ? NAMES[code] : "NVRTC_ERROR unknown";
}
