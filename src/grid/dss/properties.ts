/** Which object classes of OpenDSS are read, and the order of their properties: positional values and abbreviations need it. */
import { bad } from './values';

const list = (text: string): readonly string[] => text.toLowerCase().split(/\s+/);

const transformer = list(
  `phases windings wdg bus conn kV kVA tap %R Rneut Xneut buses conns kVs kVAs taps XHL XHT XLT Xscarray thermal n m flrise
   hsrise %loadloss %noloadloss normhkVA emerghkVA sub MaxTap MinTap NumTaps subname %imag ppm_antifloat %Rs bank XfmrCode
   XRConst X12 X13 X23 LeadLag WdgCurrents Core RdcOhms Seasons Ratings normamps emergamps faultrate pctperm repair basefreq
   enabled like`,
);

export const propertyTables: Readonly<Record<string, readonly string[]>> = {
  vsource: list(
    `bus1 basekv pu angle frequency phases MVAsc3 MVAsc1 x1r1 x0r0 Isc3 Isc1 R1 X1 R0 X0 ScanType Sequence bus2 Z1 Z0 Z2 puZ1 puZ0
     puZ2 baseMVA Yearly Daily Duty Model puZideal spectrum basefreq enabled like`,
  ),
  linecode: list(
    `nphases r1 x1 r0 x0 C1 C0 units rmatrix xmatrix cmatrix baseFreq normamps emergamps faultrate pctperm repair Kron Rg Xg rho
     neutral B1 B0 Seasons Ratings LineType like`,
  ),
  line: list(
    `bus1 bus2 linecode length phases r1 x1 r0 x0 C1 C0 rmatrix xmatrix cmatrix Switch Rg Xg rho geometry units spacing wires
     EarthModel cncables tscables B1 B0 Seasons Ratings LineType EpsRMedium HeightOffset HeightUnit Conductors normamps emergamps
     faultrate pctperm repair basefreq enabled like`,
  ),
  loadshape: list(
    `npts interval mult hour mean stddev csvfile sngfile dblfile action qmult UseActual Pmax Qmax sinterval minterval Pbase Qbase
     Pmult PQCSVFile MemoryMapping Interpolation like`,
  ),
  load: list(
    `phases bus1 kV kW pf model yearly daily duty growth conn kvar Rneut Xneut status class Vminpu Vmaxpu Vminnorm Vminemerg xfkVA
     allocationfactor kVA %mean %stddev CVRwatts CVRvars kwh kwhdays Cfactor CVRcurve NumCust ZIPV %SeriesRL RelWeight Vlowpu
     puXharm XRharm spectrum basefreq enabled like`,
  ),
  generator: list(
    `phases bus1 kv kW pf kvar model Vminpu Vmaxpu yearly daily duty dispmode dispvalue conn status class Vpu maxkvar minkvar
     pvfactor forceon kVA MVA Xd Xdp Xdpp H D UserModel UserData ShaftModel ShaftData DutyStart debugtrace Balanced XRdp spectrum
     basefreq enabled like`,
  ),
  pvsystem: list(
    `phases bus1 kv irradiance Pmpp %Pmpp Temperature pf conn kvar kVA %Cutin %Cutout EffCurve P-TCurve %R %X model Vminpu Vmaxpu
     Balanced LimitCurrent yearly daily duty Tyearly Tdaily Tduty class UserModel UserData debugtrace VarFollowInverter DutyStart
     WattPriority PFPriority %PminNoVars %PminkvarMax kvarMax kvarMaxAbs spectrum basefreq enabled like`,
  ),
  capacitor: list(
    `bus1 bus2 phases kvar kv conn cmatrix cuf R XL Harm Numsteps states normamps emergamps faultrate pctperm repair basefreq enabled
     like`,
  ),
  transformer,
  xfmrcode: transformer,
};

/** Objects that do not change a power flow of given draws and tap positions. Left out, with one warning a class. */
export const harmlessClasses: ReadonlySet<string> = new Set(
  list(
    `monitor energymeter sensor spectrum tcc_curve xycurve growthshape tshape priceshape relay recloser fuse swtcontrol regcontrol
     capcontrol invcontrol expcontrol gendispatcher`,
  ),
);

/** Full name of a property: exact, or the first in order that begins so. @throws Problem BAD_NETWORK when there is none. */
export function propertyName(className: string, written: string, at: string): string {
  const table = propertyTables[className] ?? [];
  const wanted = written.toLowerCase();
  const found = table.includes(wanted) ? wanted : table.find(name => name.startsWith(wanted));
  if (found === undefined) throw bad(at, `${className} has no property ${written}`);
  return found;
}
