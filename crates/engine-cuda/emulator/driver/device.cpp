// The devices and their contexts.
#include <cstdio>
#include <cstring>

#include "driver.h"

namespace emulated::driver {

State& all() {
    // Never destroyed: threads may still call when the process ends.
    static State& state = *new State;
    return state;
}

Context*& current_context() {
    static thread_local Context* current;
    return current;
}

int check_context() {
    Context* context = current_context();
    if (!context) return INVALID_CONTEXT;
    return context->retained > 0 ? SUCCESS : CONTEXT_IS_DESTROYED;
}

Entered::Entered(const char* call, Asks asks) : lock(all().lock) {
    if (asks != NOTHING && !all().is_initialised) {
        code = NOT_INITIALIZED;
        return;
    }
    bool is_sticky = false;
    code = fault(call, is_sticky);
    if (code && is_sticky) all().lost = code;
    if (code || asks != CONTEXT) return;
    code = all().lost ? all().lost : check_context();
}

namespace {

bool is_device(int device) { return device >= 0 && (size_t)device < all().contexts.size(); }

// CUdevice_attribute.
int attribute(int which, unsigned long capability) {
    switch (which) {
        case 1: return 1024;                       // threads of a block
        case 2: case 3: return 1024;               // along x, y
        case 4: return 64;                         // along z
        case 5: return 0x7fffffff;                 // blocks along x
        case 6: case 7: return 65535;              // along y, z
        case 8: return 49152;                      // bytes of shared memory of a block
        case 9: return 65536;                      // of constant memory
        case 10: return 32;                        // lanes of a warp
        case 12: case 82: return 65536;            // registers of a block, of a multiprocessor
        case 13: return 1000000;                   // kHz
        case 16: return 132;                       // multiprocessors
        case 31: case 41: return 1;                // kernels side by side; one address space
        case 38: return 32 << 20;                  // bytes of the second cache
        case 39: return 2048;                      // threads of a multiprocessor
        case 40: return 2;                         // copies side by side
        case 75: return (int)(capability / 10);
        case 76: return (int)(capability % 10);
        case 81: return 233472;                    // shared memory of a multiprocessor
        case 97: return 232448;                    // of a block that asks for it
        case 106: return 32;                       // blocks of a multiprocessor
        default: return 0;
    }
}

}  // namespace
}  // namespace emulated::driver

using namespace emulated::driver;

CALL(cuInit, unsigned flags) {
    ENTER(NOTHING);
    if (flags) return INVALID_VALUE;
    read_settings();
    if (!all().is_initialised) all().contexts.resize(number("EMULATED_DEVICES", 1));
    for (size_t i = 0; i < all().contexts.size(); i++) all().contexts[i].device = (int)i;
    if (all().contexts.empty()) return NO_DEVICE;
    all().is_initialised = true;
    return SUCCESS;
}

CALL(cuDriverGetVersion, int* version) {
    if (!version) return INVALID_VALUE;
    ENTER(NOTHING);
    if (!all().is_initialised) read_settings();
    *version = (int)number("EMULATED_DRIVER", 13000);
    return SUCCESS;
}

CALL(cuDeviceGetCount, int* count) {
    ENTER(INITIALISED);
    if (!count) return INVALID_VALUE;
    *count = (int)all().contexts.size();
    return SUCCESS;
}

CALL(cuDeviceGet, int* device, int ordinal) {
    ENTER(INITIALISED);
    if (!device) return INVALID_VALUE;
    if (!is_device(ordinal)) return INVALID_DEVICE;
    *device = ordinal;
    return SUCCESS;
}

CALL(cuDeviceGetName, char* name, int length, int device) {
    ENTER(INITIALISED);
    if (!name || length < 1) return INVALID_VALUE;
    if (!is_device(device)) return INVALID_DEVICE;
    snprintf(name, (size_t)length, "Emulated device");
    return SUCCESS;
}

CALL(cuDeviceGetUuid_v2, char* uuid, int device) {
    ENTER(INITIALISED);
    if (!uuid) return INVALID_VALUE;
    if (!is_device(device)) return INVALID_DEVICE;
    memcpy(uuid, "emulated device ", 16);
    uuid[15] = (char)('0' + device);
    return SUCCESS;
}

CALL(cuDeviceGetAttribute, int* value, int which, int device) {
    ENTER(INITIALISED);
    if (!value) return INVALID_VALUE;
    if (!is_device(device)) return INVALID_DEVICE;
    *value = attribute(which, number("EMULATED_CAPABILITY", 90));
    return SUCCESS;
}

CALL(cuDevicePrimaryCtxRetain, void** context, int device) {
    ENTER(INITIALISED);
    if (!context) return INVALID_VALUE;
    if (!is_device(device)) return INVALID_DEVICE;
    all().contexts[(size_t)device].retained++;
    *context = &all().contexts[(size_t)device];
    return SUCCESS;
}

CALL(cuDevicePrimaryCtxRelease_v2, int device) {
    ENTER(INITIALISED);
    if (!is_device(device)) return INVALID_DEVICE;
    Context& context = all().contexts[(size_t)device];
    if (context.retained == 0) return INVALID_CONTEXT;
    if (--context.retained == 0) free_all(&context);
    return SUCCESS;
}

CALL(cuDevicePrimaryCtxGetState, int device, unsigned* flags, int* active) {
    ENTER(INITIALISED);
    if (!is_device(device)) return INVALID_DEVICE;
    *flags = 0;
    *active = all().contexts[(size_t)device].retained > 0;
    return SUCCESS;
}

CALL(cuCtxSetCurrent, void* handle) {
    ENTER(INITIALISED);
    for (Context& context : all().contexts)
        if (handle == &context) {
            if (context.retained == 0) return INVALID_CONTEXT;
            current_context() = &context;
            return SUCCESS;
        }
    if (handle) return INVALID_CONTEXT;
    current_context() = nullptr;
    return SUCCESS;
}

CALL(cuCtxGetCurrent, void** context) {
    ENTER(INITIALISED);
    if (!context) return INVALID_VALUE;
    *context = current_context();
    return SUCCESS;
}

CALL(cuCtxGetDevice, int* device) {
    ENTER(CONTEXT);
    if (!device) return INVALID_VALUE;
    *device = current_context()->device;
    return SUCCESS;
}

CALL(cuCtxSynchronize) {
    ENTER(CONTEXT);
    TRY(refuse_while_capturing(true));
    return finish_all(current_context(), true);
}
