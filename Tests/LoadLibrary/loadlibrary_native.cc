// The part of the loadlibrary stand-in that cannot be written in M code: opening libraries, memory at
// addresses, and calls with a signature known at run time only, directly or through a thunk.
//
// loadlibrary_native (command, ...) with
//   "open", path                     -> handle, or 0 and the message of dlerror
//   "close", handle
//   "symbol", handle, name           -> address, 0 if there is none
//   "allocate", bytes                -> address of zeroed memory
//   "free", address
//   "write", address, array
//   "read", address, class, count    -> column of that class
//   "string", address                -> char row
//   "call", function, thunk, result type, {argument types}, {values}
//                                    -> scalar; pointers are uint64. A thunk of 0 means none.
// Nothing here checks what an address points to: a wrong one ends the process, as it would in MATLAB.

#include <octave/oct.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <ffi.h>
#include <string>
#include <vector>

namespace {

struct Type {
  const char *name;
  ffi_type *ffi;
  size_t size;
};

// The names are those of MATLAB's prototype files; "long" and "ulong" are 64 bits wide on Linux.
const Type types[] = {
  {"void", &ffi_type_void, 0},       {"int8", &ffi_type_sint8, 1},      {"uint8", &ffi_type_uint8, 1},
  {"int16", &ffi_type_sint16, 2},    {"uint16", &ffi_type_uint16, 2},   {"int32", &ffi_type_sint32, 4},
  {"uint32", &ffi_type_uint32, 4},   {"int64", &ffi_type_sint64, 8},    {"uint64", &ffi_type_uint64, 8},
  {"long", &ffi_type_sint64, 8},     {"ulong", &ffi_type_uint64, 8},    {"single", &ffi_type_float, 4},
  {"double", &ffi_type_double, 8},   {"bool", &ffi_type_uint8, 1},      {"pointer", &ffi_type_pointer, 8},
};

const Type &find_type(const std::string &name)
{
  for (const Type &type : types)
    if (name == type.name)
      return type;
  error("loadlibrary_native: unknown type '%s'", name.c_str());
}

union Slot {
  int8_t int8;
  int16_t int16;
  int32_t int32;
  int64_t int64;
  uint64_t uint64;
  float single_value;
  double double_value;
  void *pointer;
};

void *address_of(const octave_value &value)
{
  return reinterpret_cast<void *>(static_cast<uintptr_t>(value.uint64_scalar_value().value()));
}

octave_value address_value(const void *address)
{
  return octave_uint64(static_cast<uint64_t>(reinterpret_cast<uintptr_t>(address)));
}

Slot slot_from(const octave_value &value, const Type &type)
{
  Slot slot;
  std::memset(&slot, 0, sizeof slot);
  const std::string name = type.name;
  if (name == "pointer")
    slot.pointer = address_of(value);
  else if (name == "double")
    slot.double_value = value.double_value();
  else if (name == "single")
    slot.single_value = value.float_value();
  else if (name == "uint64" || name == "ulong")
    slot.uint64 = value.uint64_scalar_value().value();
  else if (name == "int64" || name == "long")
    slot.int64 = value.int64_scalar_value().value();
  else if (name == "int32" || name == "uint32")
    slot.int64 = name[0] == 'u' ? int64_t(value.uint32_scalar_value().value()) : value.int32_scalar_value().value();
  else if (name == "int16" || name == "uint16")
    slot.int64 = name[0] == 'u' ? int64_t(value.uint16_scalar_value().value()) : value.int16_scalar_value().value();
  else
    slot.int64 = name[0] == 'i' ? int64_t(value.int8_scalar_value().value()) : value.uint8_scalar_value().value();
  return slot;
}

// libffi widens integer results to a whole register, so every integer is read through its own width.
octave_value result_value(const Slot &slot, const std::string &name)
{
  if (name == "void") return octave_value(Matrix());
  if (name == "pointer") return address_value(slot.pointer);
  if (name == "double") return slot.double_value;
  if (name == "single") return static_cast<double>(slot.single_value);
  if (name == "int64" || name == "long") return octave_int64(slot.int64);
  if (name == "uint64" || name == "ulong") return octave_uint64(slot.uint64);
  if (name == "int32") return static_cast<double>(static_cast<int32_t>(slot.int64));
  if (name == "uint32") return static_cast<double>(static_cast<uint32_t>(slot.int64));
  if (name == "int16") return static_cast<double>(static_cast<int16_t>(slot.int64));
  if (name == "uint16") return static_cast<double>(static_cast<uint16_t>(slot.int64));
  if (name == "int8") return static_cast<double>(static_cast<int8_t>(slot.int64));
  return static_cast<double>(static_cast<uint8_t>(slot.int64));
}

octave_value call(const octave_value_list &arguments)
{
  void *function = address_of(arguments(1));
  void *thunk = address_of(arguments(2));
  const std::string result_name = arguments(3).string_value();
  const Cell type_names = arguments(4).cell_value();
  const Cell values = arguments(5).cell_value();
  const Type &result_type = find_type(result_name);

  std::vector<Slot> slots;
  std::vector<ffi_type *> ffi_types;
  for (octave_idx_type k = 0; k < type_names.numel(); k++) {
    const Type &type = find_type(type_names(k).string_value());
    slots.push_back(slot_from(values(k), type));
    ffi_types.push_back(type.ffi);
  }

  ffi_cif interface;
  std::vector<void *> pointers;
  void *target = function;
  const char *stack = reinterpret_cast<const char *>(slots.data());
  int stack_size = static_cast<int>(slots.size() * sizeof(Slot));
  if (thunk) {
    // A thunk takes the function, a block with one 8-byte place for each argument, and the size of the block.
    ffi_types = {&ffi_type_pointer, &ffi_type_pointer, &ffi_type_sint32};
    pointers = {&function, &stack, &stack_size};
    target = thunk;
  } else {
    for (Slot &slot : slots)
      pointers.push_back(&slot);
  }
  if (ffi_prep_cif(&interface, FFI_DEFAULT_ABI, ffi_types.size(), result_type.ffi, ffi_types.data()) != FFI_OK)
    error("loadlibrary_native: libffi refuses the signature");

  Slot result;
  std::memset(&result, 0, sizeof result);
  ffi_call(&interface, FFI_FN(target), &result, pointers.data());
  return result_value(result, result_name);
}

template <typename Array, typename Element>
octave_value read_array(const void *address, octave_idx_type count)
{
  Array array(dim_vector(count, 1));
  std::memcpy(array.fortran_vec(), address, count * sizeof(Element));
  return array;
}

octave_value read(const void *address, const std::string &name, octave_idx_type count)
{
  if (name == "double") return read_array<NDArray, double>(address, count);
  if (name == "single") return read_array<FloatNDArray, float>(address, count);
  if (name == "int8") return read_array<int8NDArray, int8_t>(address, count);
  if (name == "uint8") return read_array<uint8NDArray, uint8_t>(address, count);
  if (name == "int16") return read_array<int16NDArray, int16_t>(address, count);
  if (name == "uint16") return read_array<uint16NDArray, uint16_t>(address, count);
  if (name == "int32") return read_array<int32NDArray, int32_t>(address, count);
  if (name == "uint32") return read_array<uint32NDArray, uint32_t>(address, count);
  if (name == "int64") return read_array<int64NDArray, int64_t>(address, count);
  if (name == "uint64") return read_array<uint64NDArray, uint64_t>(address, count);
  error("loadlibrary_native: cannot read an array of class '%s'", name.c_str());
}

template <typename Array>
void write_array(void *address, const Array &array, size_t element_size)
{
  std::memcpy(address, array.data(), array.numel() * element_size);
}

void write(void *address, const octave_value &value)
{
  const std::string name = value.class_name();
  if (name == "double") write_array(address, value.array_value(), 8);
  else if (name == "single") write_array(address, value.float_array_value(), 4);
  else if (name == "int8") write_array(address, value.int8_array_value(), 1);
  else if (name == "uint8") write_array(address, value.uint8_array_value(), 1);
  else if (name == "int16") write_array(address, value.int16_array_value(), 2);
  else if (name == "uint16") write_array(address, value.uint16_array_value(), 2);
  else if (name == "int32") write_array(address, value.int32_array_value(), 4);
  else if (name == "uint32") write_array(address, value.uint32_array_value(), 4);
  else if (name == "int64") write_array(address, value.int64_array_value(), 8);
  else if (name == "uint64") write_array(address, value.uint64_array_value(), 8);
  else if (name == "char") {
    const std::string text = value.string_value();
    std::memcpy(address, text.c_str(), text.size() + 1);
  } else
    error("loadlibrary_native: cannot write an array of class '%s'", name.c_str());
}

}  // namespace

DEFUN_DLD(loadlibrary_native, arguments, , "Foreign calls for the loadlibrary stand-in; see the source.")
{
  const std::string command = arguments(0).string_value();
  if (command == "call")
    return call(arguments);
  if (command == "write") {
    write(address_of(arguments(1)), arguments(2));
    return octave_value_list();
  }
  if (command == "read")
    return read(address_of(arguments(1)), arguments(2).string_value(), arguments(3).idx_type_value());
  if (command == "string")
    return octave_value(std::string(static_cast<const char *>(address_of(arguments(1)))));
  if (command == "allocate") {
    void *memory = std::calloc(1, arguments(1).idx_type_value() + 1);
    if (! memory)
      error("loadlibrary_native: out of memory");
    return address_value(memory);
  }
  if (command == "free") {
    std::free(address_of(arguments(1)));
    return octave_value_list();
  }
  if (command == "open") {
    void *handle = dlopen(arguments(1).string_value().c_str(), RTLD_NOW | RTLD_LOCAL);
    octave_value_list result;
    result(0) = address_value(handle);
    result(1) = handle ? "" : dlerror();
    return result;
  }
  if (command == "symbol")
    return address_value(dlsym(address_of(arguments(1)), arguments(2).string_value().c_str()));
  if (command == "close") {
    dlclose(address_of(arguments(1)));
    return octave_value_list();
  }
  error("loadlibrary_native: unknown command '%s'", command.c_str());
}
