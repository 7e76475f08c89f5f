// Linear layers on vectors: x [batch][into], w [out][into], y [batch][out], which is float where
// losses read it.
DEVICE float number(const T* from) { return get(from); }
DEVICE void set_number(T* to, float value) { put(to, value); }
#if BF16
DEVICE float number(const float* from) { return *from; }
DEVICE void set_number(float* to, float value) { *to = value; }
#endif

// Images and outputs of one warp, whose lanes share what is summed over.
#define WARP_IMAGES 4
#define WARP_OUTS 4

// y = x wᵀ + bias; grid: 8 times WARP_OUTS outputs, WARP_IMAGES images.
template <class Y>
DEVICE void linear_of(const T* x, const float* w, const float* bias, Y* y, int batch, int into, int out) {
    int lane = threadIdx.x % 32;
    int first_out = (blockIdx.x * 8 + threadIdx.x / 32) * WARP_OUTS, first_image = blockIdx.y * WARP_IMAGES;
    float sums[WARP_IMAGES][WARP_OUTS] = {};
    for (int at = lane; at < into; at += 32) {
        float left[WARP_IMAGES], right[WARP_OUTS];
        // Past the end the last ones are read, whose sums are not written.
#pragma unroll
        for (int i = 0; i < WARP_IMAGES; i++) left[i] = get(x + (long)(first_image + i < batch ? first_image + i : batch - 1) * into + at);
#pragma unroll
        for (int j = 0; j < WARP_OUTS; j++) right[j] = w[(long)(first_out + j < out ? first_out + j : out - 1) * into + at];
#pragma unroll
        for (int i = 0; i < WARP_IMAGES; i++)
#pragma unroll
            for (int j = 0; j < WARP_OUTS; j++) sums[i][j] += left[i] * right[j];
    }
#pragma unroll
    for (int i = 0; i < WARP_IMAGES; i++)
#pragma unroll
        for (int j = 0; j < WARP_OUTS; j++) {
            float sum = sums[i][j];
#pragma unroll
            for (int lanes = 16; lanes > 0; lanes /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, lanes);
            int image = first_image + i, to = first_out + j;
            if (lane == 0 && image < batch && to < out) set_number(y + (long)image * out + to, sum + bias[to]);
        }
}
KERNEL(linear, (const T* x, const float* w, const float* bias, T* y, int batch, int into, int out)) { linear_of(x, w, bias, y, batch, into, out); }
KERNEL(linear_float, (const T* x, const float* w, const float* bias, float* y, int batch, int into, int out)) { linear_of(x, w, bias, y, batch, into, out); }

// Images of one thread.
#define IMAGES 8

// dx = dy w; grid: 64 numbers of x, IMAGES images. Four threads share a number's outputs, whose
// sums are added in their order.
template <class Y>
DEVICE void linear_input_gradient_of(const float* w, const Y* dy, T* dx, int batch, int into, int out) {
    __shared__ float parts[4][IMAGES][64];
    int lane = threadIdx.x % 64, quarter = threadIdx.x / 64;
    int at = blockIdx.x * 64 + lane, first = blockIdx.y * IMAGES;
    float sums[IMAGES] = {};
    if (at < into)
        for (int from = quarter; from < out; from += 4) {
            float weight = w[(long)from * into + at];
#pragma unroll
            for (int i = 0; i < IMAGES; i++)
                if (first + i < batch) sums[i] += weight * number(dy + (long)(first + i) * out + from);
        }
#pragma unroll
    for (int i = 0; i < IMAGES; i++) parts[quarter][i][lane] = sums[i];
    __syncthreads();
    if (at >= into) return;
#pragma unroll
    for (int i = quarter; i < IMAGES; i += 4) {
        float sum = parts[0][i][lane] + parts[1][i][lane] + parts[2][i][lane] + parts[3][i][lane];
        if (first + i < batch) put(dx + (long)(first + i) * into + at, sum);
    }
}
KERNEL(linear_input_gradient, (const float* w, const T* dy, T* dx, int batch, int into, int out)) { linear_input_gradient_of(w, dy, dx, batch, into, out); }
KERNEL(linear_input_gradient_float, (const float* w, const float* dy, T* dx, int batch, int into, int out)) { linear_input_gradient_of(w, dy, dx, batch, into, out); }

// Outputs of one thread.
#define OUTS 4

// dw = dyᵀ x; grid: 256 numbers of x, OUTS outputs.
template <class Y>
DEVICE void linear_weight_gradient_of(const T* x, const Y* dy, float* dw, int batch, int into, int out) {
    int at = blockIdx.x * THREADS + threadIdx.x, first = blockIdx.y * OUTS;
    if (at >= into) return;
    float sums[OUTS] = {};
    for (int image = 0; image < batch; image++) {
        float value = get(x + (long)image * into + at);
#pragma unroll
        for (int j = 0; j < OUTS; j++)
            if (first + j < out) sums[j] += value * number(dy + (long)image * out + first + j);
    }
#pragma unroll
    for (int j = 0; j < OUTS; j++)
        if (first + j < out) dw[(long)(first + j) * into + at] = sums[j];
}
KERNEL(linear_weight_gradient, (const T* x, const T* dy, float* dw, int batch, int into, int out)) { linear_weight_gradient_of(x, dy, dw, batch, into, out); }
KERNEL(linear_weight_gradient_float, (const T* x, const float* dy, float* dw, int batch, int into, int out)) { linear_weight_gradient_of(x, dy, dw, batch, into, out); }
#undef OUTS
