#ifndef NETJAC_H
#define NETJAC_H
#endif
