/*
 * calls.h - The fourteen numeric functions behind one signature, so that tests can run over all of them.
 */
#ifndef CALLS_H
#define CALLS_H

#include <netjac.h>
#include <stddef.h>

enum task { FORWARD, JACOBIAN, JVP, VJP, HESSIAN, HVP, JACOBIAN_SPARSE, TASK_COUNT };

static const char *const task_names[TASK_COUNT] = {"forward", "jacobian", "jvp", "vjp", "hessian",
                                                   "hvp", "jacobian_sparse"};

/* The weights of netjac_hvp(), whose direction is the tangent: enough of them for every batch of the tests. */
enum { ONE_COUNT = 1 << 18 };
static double double_ones[ONE_COUNT];
static float float_ones[ONE_COUNT];

__attribute__((constructor)) static void fill_ones(void) {
  for (int k = 0; k < ONE_COUNT; k++) double_ones[k] = float_ones[k] = 1;
}

/*
 * Calls a task. `direction` is what the task takes besides x (tangent, cotangent or weights), `result` what it
 * gives besides y (Jacobian, product, Hessian or values); each is ignored where the task has none. Hessian has no y.
 */
static netjac_status call(enum task task, int is_float, netjac_network *network, int64_t samples, const void *x,
                          const void *direction, void *y, void *result, netjac_order order) {
  if (is_float) {
    switch (task) {
      case FORWARD: return netjac_forward_f32(network, samples, x, y);
      case JACOBIAN: return netjac_jacobian_f32(network, samples, x, y, result, order);
      case JVP: return netjac_jvp_f32(network, samples, x, direction, y, result);
      case VJP: return netjac_vjp_f32(network, samples, x, direction, y, result);
      case HESSIAN: return netjac_hessian_f32(network, samples, x, direction, result);
      case HVP: return netjac_hvp_f32(network, samples, x, float_ones, direction, result);
      case JACOBIAN_SPARSE: return netjac_jacobian_sparse_f32(network, samples, x, y, result);
      default: return NETJAC_ERROR_DEFECT;
    }
  }
  switch (task) {
    case FORWARD: return netjac_forward(network, samples, x, y);
    case JACOBIAN: return netjac_jacobian(network, samples, x, y, result, order);
    case JVP: return netjac_jvp(network, samples, x, direction, y, result);
    case VJP: return netjac_vjp(network, samples, x, direction, y, result);
    case HESSIAN: return netjac_hessian(network, samples, x, direction, result);
    case HVP: return netjac_hvp(network, samples, x, double_ones, direction, result);
    case JACOBIAN_SPARSE: return netjac_jacobian_sparse(network, samples, x, y, result);
    default: return NETJAC_ERROR_DEFECT;
  }
}

static int task_has_direction(enum task task) { return task == JVP || task == VJP || task == HESSIAN || task == HVP; }
static int task_has_y(enum task task) { return task != HESSIAN && task != HVP; }
static int task_has_result(enum task task) { return task != FORWARD; }

/* How many scalars of a sample `direction` and `result` have, for n inputs, m outputs and a sparse Jacobian's count. */
static size_t direction_width(enum task task, size_t n, size_t m) {
  return task == JVP || task == HVP ? n : m;
}

static size_t result_width(enum task task, size_t n, size_t m, size_t nonzeros) {
  switch (task) {
    case JACOBIAN: return m * n;
    case JVP: return m;
    case VJP: return n;
    case HESSIAN: return n * n;
    case HVP: return n;
    case JACOBIAN_SPARSE: return nonzeros;
    default: return 0;
  }
}

#endif
