// netjac_evaluator.cc - Function handles that reach libnetjac without the detour through Octave's MEX interface.
//
//   f = netjac_evaluator (task, reference, network)
//
// Called by netjac.Network.evaluator only, in Octave. f is a function handle, [y, J] = f (x), behind which stands no
// function of m-code but an object of this file: so Octave neither enters a function nor copies an argument or a
// result. Only what is quick and right passes here: real full double arrays of the right size. Everything else goes
// to netjac_mex, which does what is to be done or says what is wrong; the two therefore cannot differ.
//
// task       'forward', 'jacobian', 'jvp', 'vjp', 'hessian' or 'hvp'
// reference  the network as the library and netjac_mex know it; the library recognises one that has been released
// network    kept as long as the handle lives

#include <cstdint>
#include <string>

#include <octave/interpreter.h>
#include <octave/oct.h>
#include <octave/ov-fcn-handle.h>
#include <octave/ov-fcn.h>
#include <octave/ov-re-mat.h>
#include <octave/parse.h>

#include <netjac.h>

namespace {

enum task { FORWARD, JACOBIAN, JVP, VJP, HESSIAN, HVP, TASK_COUNT };

const char *const task_names[TASK_COUNT] = {"forward", "jacobian", "jvp", "vjp", "hessian", "hvp"};

// How many arguments each task takes.
const int arities[TASK_COUNT] = {1, 1, 2, 2, 2, 3};

// The numbers of a real full double matrix. NULL for anything else, such as ranges and scalars, too.
const NDArray *
matrix_of (const octave_value& value)
{
  if (value.type_id () != octave_matrix::static_type_id ())
    return nullptr;
  const NDArray& matrix = static_cast<const octave_matrix&> (value.get_rep ()).matrix_ref ();
  return matrix.ndims () == 2 ? &matrix : nullptr;
}

// The numbers of a companion of x, with this many rows.
const double *
columns_of (const octave_value& value, octave_idx_type rows, octave_idx_type samples)
{
  const NDArray *matrix = matrix_of (value);
  return matrix && matrix->rows () == rows && matrix->columns () == samples ? matrix->data () : nullptr;
}

class evaluator : public octave_function
{
public:

  evaluator (task t, netjac_network *network, const octave_value& reference, const octave_value& owner)
    : octave_function (std::string ("netjac_") + task_names[t]), m_task (t), m_network (network),
      m_reference (reference), m_owner (owner), m_n (netjac_input_size (network)),
      m_m (netjac_output_size (network))
  { }

  octave_function * function_value (bool = false) override { return this; }

  octave_value_list
  execute (octave::tree_evaluator&, int nargout, const octave_value_list& arguments) override
  {
    return results_of (nargout, arguments);
  }

  octave_value_list
  results_of (int nargout, const octave_value_list& arguments) const
  {
    octave_value_list results;
    const int count = arguments.length ();
    if (count < arities[m_task])
      error_with_id ("Octave:undefined-function", "netjac: '%s' takes %d arguments; %d were given", task_names[m_task],
                     arities[m_task], count);
    if (count > arities[m_task])
      error_with_id ("Octave:invalid-fun-call", "netjac: '%s' takes %d arguments; %d were given", task_names[m_task],
                     arities[m_task], count);
    if (evaluate (nargout, arguments, results))
      return results;

    octave_value_list detour;
    detour.append (octave_value (task_names[m_task]));
    detour.append (m_reference);
    detour.append (arguments);
    return octave::feval ("netjac_mex", detour, nargout);
  }

private:

  // Returns false, with nothing done, if this is not one of the quick cases or the library reports an error.
  bool
  evaluate (int nargout, const octave_value_list& arguments, octave_value_list& results) const
  {
    const NDArray *point = matrix_of (arguments(0));
    if (! point || point->rows () != m_n)
      return false;
    const octave_idx_type samples = point->columns ();
    const double *x = point->data ();
    const double *second = nullptr, *third = nullptr;
    if (arities[m_task] > 1 && ! (second = columns_of (arguments(1), m_task == JVP ? m_n : m_m, samples)))
      return false;
    if (arities[m_task] > 2 && ! (third = columns_of (arguments(2), m_n, samples)))
      return false;

    if (m_task == HESSIAN || m_task == HVP)
      {
        NDArray result (m_task == HESSIAN ? pages (m_n, m_n, samples) : dim_vector (m_n, samples));
        double *to = result.fortran_vec ();
        if ((m_task == HESSIAN ? netjac_hessian (m_network, samples, x, second, to)
                               : netjac_hvp (m_network, samples, x, second, third, to)) != NETJAC_OK)
          return false;
        results = octave_value_list (octave_value (result));
        return true;
      }

    Matrix y (m_m, samples);
    double *values = y.fortran_vec ();
    if (m_task == FORWARD || (m_task == JACOBIAN && nargout < 2))
      {
        if (netjac_forward (m_network, samples, x, values) != NETJAC_OK)
          return false;
        results = octave_value_list (octave_value (y));
        return true;
      }
    NDArray derivative (m_task == JACOBIAN ? pages (m_m, m_n, samples)
                                           : dim_vector (m_task == JVP ? m_m : m_n, samples));
    if (differentiate (samples, x, second, values, derivative.fortran_vec ()) != NETJAC_OK)
      return false;
    results = octave_value_list (2);
    results(0) = octave_value (y);
    results(1) = octave_value (derivative);
    return true;
  }

  netjac_status
  differentiate (int64_t samples, const double *x, const double *direction, double *y, double *derivative) const
  {
    switch (m_task)
      {
      case JACOBIAN: return netjac_jacobian (m_network, samples, x, y, derivative, NETJAC_COLUMN_MAJOR);
      case JVP: return netjac_jvp (m_network, samples, x, direction, y, derivative);
      default: return netjac_vjp (m_network, samples, x, direction, y, derivative);
      }
  }

  static dim_vector
  pages (octave_idx_type rows, octave_idx_type columns, octave_idx_type samples)
  {
    return samples == 1 ? dim_vector (rows, columns) : dim_vector (rows, columns, samples);
  }

  const task m_task;
  netjac_network *const m_network;
  const octave_value m_reference;
  const octave_value m_owner;
  const octave_idx_type m_n, m_m;
};

// A handle that calls its function as it is. Octave's own kind looks for functions of the same name in the whole path,
// at every call.
class direct_handle : public octave::base_fcn_handle
{
public:

  direct_handle (const octave_value& function, const std::string& name)
    : octave::base_fcn_handle (name), m_function (function)
  { }

  octave::base_fcn_handle * clone () const override { return new direct_handle (*this); }

  std::string type () const override { return "simple"; }

  octave_value_list
  call (int nargout, const octave_value_list& arguments) override
  {
    return static_cast<evaluator *> (m_function.internal_rep ())->results_of (nargout, arguments);
  }

  octave_function * function_value (bool = false) override { return m_function.function_value (); }

  octave_value fcn_val () override { return m_function; }

  void print_raw (std::ostream& stream, bool, int) const override { stream << '@' << m_name; }

private:

  octave_value m_function;
};

}

DEFMETHOD_DLD (netjac_evaluator, interpreter, arguments, ,
               "f = netjac_evaluator (task, reference, network): belongs to netjac.Network.evaluator")
{
  if (arguments.length () != 3 || ! arguments(0).is_string () || ! arguments(1).is_uint64_type ()
      || arguments(1).numel () != 1)
    error_with_id ("netjac:mex:wrongArgument", "netjac_evaluator belongs to the package netjac");
  const std::string name = arguments(0).string_value ();
  int task_number = 0;
  while (task_number < TASK_COUNT && name != task_names[task_number])
    task_number++;
  const uint64_t address = arguments(1).uint64_scalar_value ().value ();
  netjac_network *network = reinterpret_cast<netjac_network *> (static_cast<uintptr_t> (address));
  // The library looks at addresses only, so it knows a foreign one without touching it.
  if (task_number == TASK_COUNT || netjac_input_size (network) < 0)
    error_with_id ("netjac:mex:wrongArgument", "netjac_evaluator belongs to the package netjac");

  // Handles outlive "clear all", and what they do is in this file.
  interpreter.mlock ();
  const octave_value function (new evaluator (static_cast<task> (task_number), network, arguments(1), arguments(2)));
  return octave_value (new octave_fcn_handle (new direct_handle (function, "netjac_" + name)));
}
