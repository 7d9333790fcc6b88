/*
 * networks.h - Makes ONNX files of the workloads, through the library's own graphs.
 */
#ifndef NETWORKS_H
#define NETWORKS_H

#include "reference.h"

/* Writes FOLDER/NAME.onnx and gives the path in `path`. Ends the program if that fails. */
void network_file(const workload *w, const char *folder, char *path, int size);

/* Ends the program with the library's last error if a call failed. */
void require(int status, const char *what);

#endif
