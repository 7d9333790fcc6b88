/*
 * contact.h - The force between two bodies that touch: a linear spring and a dashpot along the normal, and Coulomb
 * friction with a spring and a dashpot along the tangent.
 *
 * P. A. Cundall, O. D. L. Strack: A discrete numerical model for granular assemblies. Geotechnique 29 (1979) 47-65.
 * T. Schwager, T. Poeschel: Coefficient of restitution and linear-dashpot model revisited. Granular Matter 9 (2007)
 * 465-469, arXiv:cond-mat/0701278.
 */
#ifndef CONTACT_H
#define CONTACT_H

#include <math.h>

#define PI 3.14159265358979323846

/* What all bodies are made of. */
typedef struct {
  double stiffness;        /* N/m, of the spring along the normal */
  double damping_ratio;    /* of the dashpot beside it, a part of critical damping: 0 <= ratio < 1 */
  double tangential_ratio; /* spring and dashpot along the tangent, as a part of those along the normal; above 0 */
  double friction;         /* Coulomb's coefficient */
} contact_law;

/* Both in N: normal >= 0 pushes the bodies apart; tangential acts on the first body, against its slip. */
typedef struct {
  double normal, tangential;
} contact_force;

/* The dashpot along the normal in N s/m; mass [kg] is the effective mass m1 m2/(m1 + m2) of the two bodies. */
static inline double contact_damping(const contact_law *law, double mass) {
  return 2 * law->damping_ratio * sqrt(mass * law->stiffness);
}

/*
 * overlap [m] is positive, approach [m/s] the speed at which it grows, slip [m/s] the tangential speed of the first
 * body's surface relative to the second's. spring [m] is how far the tangential spring is stretched: 0 when the contact
 * begins, kept by the caller while it lasts, moved here by one step of `time` seconds. The dashpot does not pull at the
 * end of a contact, so that dry grains do not stick. A contact that slides keeps what stretch its friction can hold.
 */
static inline contact_force contact_evaluate(const contact_law *law, double damping, double overlap, double approach,
                                             double slip, double time, double *spring) {
  const double pull = law->stiffness * overlap + damping * approach;
  const double normal = pull > 0 ? pull : 0, limit = law->friction * normal;
  const double stiffness = law->tangential_ratio * law->stiffness, stretch = *spring + slip * time;
  const double wanted = stiffness * stretch + law->tangential_ratio * damping * slip;
  if (fabs(wanted) <= limit) {
    *spring = stretch;
    return (contact_force){normal, -wanted};
  }
  const double most = limit / stiffness;
  *spring = stretch > most ? most : stretch < -most ? -most : stretch;
  return (contact_force){normal, wanted > 0 ? -limit : limit};
}

/* The time in seconds that two bodies of this effective mass touch when they meet without friction. */
static inline double contact_duration(const contact_law *law, double mass) {
  const double ratio = law->damping_ratio, frequency = sqrt(law->stiffness / mass * (1 - ratio * ratio));
  return (PI - 2 * asin(ratio)) / frequency;
}

/* Speed after a head-on collision divided by the speed before it (Schwager and Poeschel, with a dashpot that never
 * pulls). It depends on nothing but the damping ratio. */
static inline double contact_restitution(const contact_law *law) {
  const double ratio = law->damping_ratio;
  return exp(-ratio / sqrt(1 - ratio * ratio) * (PI - 2 * asin(ratio)));
}

#endif
