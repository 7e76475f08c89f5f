// Memory of the devices, and pinned memory of the host.
//
// What is allocated ends at a page that may not be touched, and once freed may not be touched
// either: its addresses are never given out again.
#include <sys/mman.h>

#include <cstring>
#include <map>

#include "driver.h"

namespace emulated::driver {
namespace {

constexpr size_t PAGE = 65536;
// What addresses are multiples of, and what is counted as used.
constexpr size_t ALIGNMENT = 256;

size_t whole(size_t bytes, size_t unit) { return (bytes + unit - 1) / unit * unit; }

struct Allocation {
    size_t bytes = 0, used = 0;
    char* pages = nullptr;
    size_t all_pages = 0;
    Context* context = nullptr;
    bool is_host = false;
};

// By first address.
std::map<uint64_t, Allocation> allocations;
std::map<const Context*, size_t> used;

bool lies_in(uint64_t at, size_t bytes, bool is_host) {
    auto after = allocations.upper_bound(at);
    if (after == allocations.begin()) return false;
    auto& [first, allocation] = *std::prev(after);
    uint64_t offset = at - first;
    return allocation.is_host == is_host && offset <= allocation.bytes &&
           bytes <= allocation.bytes - offset;
}

size_t total() { return number("EMULATED_MEMORY", 4UL << 30); }

int allocate(size_t bytes, bool is_host, uint64_t* at) {
    Context* context = current_context();
    size_t counted = whole(bytes, ALIGNMENT);
    if (bytes > 1UL << 46) return OUT_OF_MEMORY;
    if (!is_host && counted + used[context] > total()) return OUT_OF_MEMORY;
    size_t length = whole(counted, PAGE);
    void* pages = mmap(nullptr, length + 2 * PAGE, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages == MAP_FAILED) return OUT_OF_MEMORY;
    char* first = (char*)pages + PAGE;
    if (mprotect(first, length, PROT_READ | PROT_WRITE) != 0) {
        munmap(pages, length + 2 * PAGE);
        return OUT_OF_MEMORY;
    }
    char* start = first + length - counted;
    memset(start, 0xff, counted);
    *at = (uint64_t)start;
    allocations[*at] = {bytes, is_host ? 0 : counted, first, length, context, is_host};
    used[context] += is_host ? 0 : counted;
    return SUCCESS;
}

void give_back(std::map<uint64_t, Allocation>::iterator found) {
    Allocation& allocation = found->second;
    used[allocation.context] -= allocation.used;
    // Gone, but its addresses stay taken.
    mmap(allocation.pages, allocation.all_pages, PROT_NONE,
         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    allocations.erase(found);
}

int free_one(uint64_t at, bool is_host) {
    auto found = allocations.find(at);
    if (found == allocations.end() || found->second.is_host != is_host) return INVALID_VALUE;
    int code = finish_all(found->second.context, true);
    give_back(found);
    return code;
}

// The ranges are looked at when work is queued, and again when it is done.
int copy(void* to, bool to_device, const void* from, bool from_device, size_t bytes) {
    if (bytes == 0) return SUCCESS;
    if (!to || !from) return INVALID_VALUE;
    if (to_device && !is_device_memory((uint64_t)to, bytes)) return INVALID_VALUE;
    if (from_device && !is_device_memory((uint64_t)from, bytes)) return INVALID_VALUE;
    return SUCCESS;
}

int copy_now(void* to, bool to_device, const void* from, bool from_device, size_t bytes) {
    TRY(refuse_while_capturing(true));
    TRY(copy(to, to_device, from, from_device, bytes));
    TRY(finish_all(current_context(), false));
    if (bytes) memmove(to, from, bytes);
    return SUCCESS;
}

int copy_later(void* to, bool to_device, const void* from, bool from_device, size_t bytes,
               void* handle) {
    std::shared_ptr<Stream> stream;
    TRY(stream_of(handle, stream));
    TRY(copy(to, to_device, from, from_device, bytes));
    // Memory of the host that is not pinned has been read when the call returns, or written.
    std::shared_ptr<std::string> staged;
    if (!from_device && !stream->capture && !is_pinned(from, bytes))
        staged = std::make_shared<std::string>((const char*)from, bytes);
    bool waits = !to_device && !stream->capture && !is_pinned(to, bytes);
    TRY(submit(stream, {[=] {
                   TRY(copy(to, to_device, from, from_device, bytes));
                   if (bytes) memmove(to, staged ? staged->data() : from, bytes);
                   return (int)SUCCESS;
               }}));
    return waits ? finish(*stream) : (int)SUCCESS;
}

template <class V>
void fill(uint64_t at, V value, size_t count) {
    for (size_t i = 0; i < count; i++) memcpy((char*)at + i * sizeof value, &value, sizeof value);
}

template <class V>
int fill_now(uint64_t at, V value, size_t count) {
    TRY(refuse_while_capturing(true));
    if (at % sizeof value || !is_device_memory(at, count * sizeof value)) return INVALID_VALUE;
    TRY(finish_all(current_context(), false));
    fill(at, value, count);
    return SUCCESS;
}

template <class V>
int fill_later(uint64_t at, V value, size_t count, void* handle) {
    std::shared_ptr<Stream> stream;
    TRY(stream_of(handle, stream));
    if (at % sizeof value || !is_device_memory(at, count * sizeof value)) return INVALID_VALUE;
    return submit(stream, {[=] {
                      if (!is_device_memory(at, count * sizeof value)) return INVALID_VALUE;
                      fill(at, value, count);
                      return SUCCESS;
                  }});
}

}  // namespace

bool is_device_memory(uint64_t at, size_t bytes) { return lies_in(at, bytes, false); }
bool is_pinned(const void* at, size_t bytes) { return lies_in((uint64_t)at, bytes, true); }

void free_all(Context* context) {
    finish_all(context, true);
    for (auto at = allocations.begin(); at != allocations.end();) {
        auto next = std::next(at);
        if (at->second.context == context) give_back(at);
        at = next;
    }
}

}  // namespace emulated::driver

using namespace emulated::driver;

CALL(cuDeviceTotalMem_v2, size_t* bytes, int device) {
    ENTER(INITIALISED);
    if (!bytes) return INVALID_VALUE;
    if (device < 0 || (size_t)device >= all().contexts.size()) return INVALID_DEVICE;
    *bytes = total();
    return SUCCESS;
}

CALL(cuMemGetInfo_v2, size_t* free_bytes, size_t* total_bytes) {
    ENTER(CONTEXT);
    if (!free_bytes || !total_bytes) return INVALID_VALUE;
    size_t taken = used[current_context()];
    *total_bytes = total();
    *free_bytes = taken < total() ? total() - taken : 0;
    return SUCCESS;
}

CALL(cuMemAlloc_v2, uint64_t* at, size_t bytes) {
    ENTER(CONTEXT);
    TRY(refuse_while_capturing(false));
    if (!at || bytes == 0) return INVALID_VALUE;
    return allocate(bytes, false, at);
}

CALL(cuMemFree_v2, uint64_t at) {
    ENTER(CONTEXT);
    TRY(refuse_while_capturing(false));
    return at ? free_one(at, false) : (int)SUCCESS;
}

CALL(cuMemHostAlloc, void** at, size_t bytes, unsigned) {
    ENTER(CONTEXT);
    TRY(refuse_while_capturing(false));
    if (!at || bytes == 0) return INVALID_VALUE;
    return allocate(bytes, true, (uint64_t*)at);
}

CALL(cuMemAllocHost_v2, void** at, size_t bytes) {
    ENTER(CONTEXT);
    TRY(refuse_while_capturing(false));
    if (!at || bytes == 0) return INVALID_VALUE;
    return allocate(bytes, true, (uint64_t*)at);
}

CALL(cuMemFreeHost, void* at) {
    ENTER(CONTEXT);
    TRY(refuse_while_capturing(false));
    return at ? free_one((uint64_t)at, true) : (int)INVALID_VALUE;
}

CALL(cuMemcpyHtoD_v2, uint64_t to, const void* from, size_t bytes) {
    ENTER(CONTEXT);
    return copy_now((void*)to, true, from, false, bytes);
}

CALL(cuMemcpyDtoH_v2, void* to, uint64_t from, size_t bytes) {
    ENTER(CONTEXT);
    return copy_now(to, false, (void*)from, true, bytes);
}

CALL(cuMemcpyDtoD_v2, uint64_t to, uint64_t from, size_t bytes) {
    ENTER(CONTEXT);
    return copy_now((void*)to, true, (void*)from, true, bytes);
}

CALL(cuMemcpyHtoDAsync_v2, uint64_t to, const void* from, size_t bytes, void* stream) {
    ENTER(CONTEXT);
    return copy_later((void*)to, true, from, false, bytes, stream);
}

CALL(cuMemcpyDtoHAsync_v2, void* to, uint64_t from, size_t bytes, void* stream) {
    ENTER(CONTEXT);
    return copy_later(to, false, (void*)from, true, bytes, stream);
}

CALL(cuMemcpyDtoDAsync_v2, uint64_t to, uint64_t from, size_t bytes, void* stream) {
    ENTER(CONTEXT);
    return copy_later((void*)to, true, (void*)from, true, bytes, stream);
}

CALL(cuMemsetD8_v2, uint64_t at, unsigned char value, size_t count) {
    ENTER(CONTEXT);
    return fill_now(at, value, count);
}

CALL(cuMemsetD32_v2, uint64_t at, unsigned value, size_t count) {
    ENTER(CONTEXT);
    return fill_now(at, value, count);
}

CALL(cuMemsetD8Async, uint64_t at, unsigned char value, size_t count, void* stream) {
    ENTER(CONTEXT);
    return fill_later(at, value, count, stream);
}

CALL(cuMemsetD32Async, uint64_t at, unsigned value, size_t count, void* stream) {
    ENTER(CONTEXT);
    return fill_later(at, value, count, stream);
}
