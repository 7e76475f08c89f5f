// Modules, functions and launches.
#include <cstdio>
#include <cstring>

#include "driver.h"

namespace emulated::driver {
namespace {

// What nvrtc.cpp writes in place of machine code.
bool read_image(const char* image, int* bf16, int* major, int* minor) {
    unsigned architecture;
    if (sscanf(image, "emulated machine code BF16=%d sm_%u", bf16, &architecture) != 2) return false;
    *major = (int)(architecture / 10);
    *minor = (int)(architecture % 10);
    return *bf16 == 0 || *bf16 == 1;
}

// Every pointer must be null or point into, or just behind, memory of the device or pinned memory:
// what a kernel would do with another one need not crash here.
int check_pointers(const Kernel& kernel, const std::vector<uint64_t>& arguments) {
    for (size_t i = 0; i < kernel.count; i++) {
        if (!kernel.parameters[i].is_pointer) continue;
        uint64_t at = arguments[i];
        if (!at || is_device_memory(at, 0) || is_pinned((void*)at, 0)) continue;
        fprintf(stderr, "emulated device: %s: parameter %zu is 0x%lx, which is no memory of it\n",
                kernel.name, i, (unsigned long)at);
        return ILLEGAL_ADDRESS;
    }
    return SUCCESS;
}

}  // namespace
}  // namespace emulated::driver

using namespace emulated::driver;

CALL(cuModuleLoadData, void** handle, const void* image) {
    ENTER(CONTEXT);
    if (!handle || !image) return INVALID_VALUE;
    int bf16, major, minor;
    if (!read_image((const char*)image, &bf16, &major, &minor)) return INVALID_IMAGE;
    int capability = (int)number("EMULATED_CAPABILITY", 90);
    // Machine code runs on devices of the same major capability and at least its minor one.
    if (major != capability / 10 || minor > capability % 10) return NO_BINARY_FOR_GPU;
    *handle = all().modules.add(new Module{current_context(), bf16});
    return SUCCESS;
}

CALL(cuModuleLoadDataEx, void** handle, const void* image, unsigned, int*, void**) {
    return cuModuleLoadData(handle, image);
}

CALL(cuModuleUnload, void* handle) {
    ENTER(CONTEXT);
    auto* module = (Module*)handle;
    if (!all().modules.all.erase(module)) return INVALID_HANDLE;
    std::erase_if(all().functions.all, [&](const Function* one) { return one->module == module; });
    delete module;
    return SUCCESS;
}

CALL(cuModuleGetFunction, void** handle, void* module_handle, const char* name) {
    ENTER(CONTEXT);
    auto* module = (Module*)module_handle;
    if (!handle || !name) return INVALID_VALUE;
    if (!all().modules.has(module)) return INVALID_HANDLE;
    const emulated::Kernel* kernel = emulated::find(name, module->bf16);
    if (!kernel) return NOT_FOUND;
    *handle = all().functions.add(new Function{module, kernel});
    return SUCCESS;
}

CALL(cuFuncGetAttribute, int* value, int which, void* handle) {
    ENTER(CONTEXT);
    if (!value) return INVALID_VALUE;
    if (!all().functions.has((Function*)handle)) return INVALID_HANDLE;
    // CUfunction_attribute: threads of a block, registers; nothing else is known here.
    *value = which == 0 ? 256 : which == 4 ? 64 : 0;
    return SUCCESS;
}

CALL(cuLaunchKernel, void* handle, unsigned columns, unsigned rows, unsigned layers,
     unsigned threads, unsigned y, unsigned z, unsigned shared, void* stream_handle,
     void** parameters, void** extra) {
    ENTER(CONTEXT);
    auto* function = (Function*)handle;
    if (!all().functions.has(function)) return INVALID_HANDLE;
    if (function->module->context != current_context()) return INVALID_HANDLE;
    std::shared_ptr<Stream> stream;
    TRY(stream_of(stream_handle, stream));
    if (columns < 1 || columns > 0x7fffffff || rows < 1 || rows > 65535 || layers != 1)
        return INVALID_VALUE;
    // Every kernel is written for this block.
    if (threads != emulated::THREADS_OF_BLOCK || y != 1 || z != 1) return INVALID_VALUE;
    if (shared || extra) return INVALID_VALUE;
    const emulated::Kernel& kernel = *function->kernel;
    if (kernel.count && !parameters) return INVALID_VALUE;
    std::vector<uint64_t> arguments(kernel.count);
    for (size_t i = 0; i < kernel.count; i++) {
        if (!parameters[i]) return INVALID_VALUE;
        memcpy(&arguments[i], parameters[i], kernel.parameters[i].bytes);
    }
    return submit(stream, {[=, &kernel]() mutable {
                      TRY(check_pointers(kernel, arguments));
                      std::vector<void*> pointers;
                      for (auto& argument : arguments) pointers.push_back(&argument);
                      emulated::run(kernel, columns, rows, pointers.data());
                      return (int)SUCCESS;
                  }});
}
