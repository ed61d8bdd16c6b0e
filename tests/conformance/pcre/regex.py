"""Asks PCRE2's own library whether expressions are found in texts, with UTF and without UCP.

In (stdin): [[expression, text]]. Out (stdout): [true, false or what is wrong with the expression].
"""
import ctypes
import json
import sys

UTF = 0x00080000
NO_MATCH = -1

pcre = ctypes.CDLL("libpcre2-8.so.0")
pcre.pcre2_compile_8.restype = ctypes.c_void_p
pcre.pcre2_compile_8.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint32, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_size_t), ctypes.c_void_p]
pcre.pcre2_match_data_create_8.restype = ctypes.c_void_p
pcre.pcre2_match_data_create_8.argtypes = [ctypes.c_uint32, ctypes.c_void_p]
pcre.pcre2_match_8.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_uint32, ctypes.c_void_p, ctypes.c_void_p]
pcre.pcre2_get_error_message_8.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t]
data = pcre.pcre2_match_data_create_8(100, None)
compiled = {}


def made(expression):
    if expression not in compiled:
        code, at, text = ctypes.c_int(), ctypes.c_size_t(), expression.encode()
        program = pcre.pcre2_compile_8(text, len(text), UTF, code, at, None)
        wrong = ctypes.create_string_buffer(256)
        if not program:
            pcre.pcre2_get_error_message_8(code.value, wrong, len(wrong))
        compiled[expression] = program, wrong.value.decode()
    return compiled[expression]


def found(expression, text):
    program, wrong = made(expression)
    if not program:
        return wrong
    text = text.encode()
    result = pcre.pcre2_match_8(program, text, len(text), 0, 0, data, None)
    return result >= 0 if result >= NO_MATCH else f"match error {result}"


json.dump([found(expression, text) for expression, text in json.load(sys.stdin)], sys.stdout)
