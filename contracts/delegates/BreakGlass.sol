// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IContractAudit} from "../interfaces/IContractAudit.sol";
import {IContractDoctor} from "../interfaces/IContractDoctor.sol";
import {IUserAuthentication} from "../interfaces/IUserAuthentication.sol";
import {Errors} from "../libraries/Errors.sol";
import {Words} from "../libraries/Words.sol";

/// @title BreakGlass: two clinicians open a record in an emergency, unless the patient says no
/// @notice An example, not deployed by migrations. It serves one emergency desk: a verified doctor's
/// id that is granted to, and whose clinicians are its delegates with the power to log, each a
/// verified doctor too. A patient opts in twice: by naming this contract as a delegate with the
/// power to grant (the delegation's scope and length bound everything), and by `arrange`. In an
/// emergency one clinician asks and another confirms; then the patient's timer runs, in which the
/// patient may veto; after it one of the two opens: the desk holds a grant for the time arranged,
/// which ends by itself, and each clinician looks by way of the desk (`via`), under their own name.
/// @dev The desk is a grantee of its own because a pair holds one grant: an emergency must neither
/// widen nor prolong what a clinician was granted otherwise. Nobody but MedRec's own contracts is
/// ever called. People call directly: this contract trusts no forwarder.
contract BreakGlass {
    /// @notice The caller is no clinician of the desk, or not a verified doctor.
    error NotClinician(address caller);
    /// @notice The other one has to confirm.
    error OneClinicianAlone(address clinician);
    /// @notice The patient has arranged nothing.
    error NotArranged(address patient);
    /// @notice The timer is 10 minutes to one day.
    error WaitOutOfRange(uint32 wait);
    /// @notice An emergency was asked for already.
    error EmergencyPending(address first);

    /// @notice A patient has arranged for emergencies; all zero: not any more.
    event Arranged(
        address indexed patient, bytes24 profile, uint32 scope, uint32 wait, uint32 duration
    );
    /// @notice A clinician has asked; the patient's devices show it.
    event Asked(address indexed patient, address indexed clinician, bytes32 reasonDigest);
    /// @notice A second clinician has confirmed; it may be opened at `readyAt`.
    event Confirmed(address indexed patient, address indexed clinician, uint40 readyAt);
    /// @notice The patient has said no.
    event Vetoed(address indexed patient);
    /// @notice The desk may read until `expiry`.
    event Opened(address indexed patient, address indexed clinician, uint40 expiry);

    /// @dev scope and profile are those that the patient looked at; seconds.
    struct Arrangement {
        bytes24 profile;
        uint32 scope;
        uint32 wait;
        bytes32 envelopeDigest;
        uint32 duration;
    }

    struct Emergency {
        address first;
        uint40 askedAt;
        address second;
        uint40 readyAt;
    }

    uint32 private constant WAIT_LEAST = 10 minutes;
    uint32 private constant WAIT_MOST = 1 days;
    /// @dev How long the first clinician's word waits for the second's.
    uint256 private constant CONFIRM_WITHIN = 1 hours;
    /// @dev How long what is ready waits to be opened.
    uint256 private constant OPEN_WITHIN = 1 days;

    IContractDoctor private immutable DOCTORS;
    IUserAuthentication private immutable USERS;
    /// @notice The emergency desk: the id that is granted to.
    address public immutable DESK;

    /// @notice What a patient has arranged; all zero: nothing.
    mapping(address patient => Arrangement) public arrangementOf;
    /// @notice The last emergency asked for that was neither vetoed nor opened.
    mapping(address patient => Emergency) public emergencyOf;

    /// @param audit ContractAudit, which names the others.
    /// @param desk The emergency desk's id.
    constructor(IContractAudit audit, address desk) {
        DOCTORS = IContractDoctor(audit.contractDoctor());
        USERS = IUserAuthentication(audit.userAuthentication());
        DESK = desk;
    }

    /// @notice The patient arranges: the desk's profile as looked at, the slots, the timer and the
    /// length of a grant in seconds (0: nothing is arranged any more), and the digest of the
    /// envelope that the desk will need. Drops an emergency that is pending. Again after each change
    /// of keys. Reverts: NotController, WaitOutOfRange.
    function arrange(
        address patient,
        bytes24 profile,
        uint32 scope,
        uint32 wait,
        uint32 duration,
        bytes32 envelopeDigest
    ) external {
        _requireController(patient);
        if (wait < WAIT_LEAST || wait > WAIT_MOST) revert WaitOutOfRange(wait);
        delete emergencyOf[patient];
        arrangementOf[patient] = Arrangement(profile, scope, wait, envelopeDigest, duration);
        emit Arranged(patient, profile, scope, wait, duration);
    }

    /// @notice A clinician asks; the sealed reason's digest is kept for the audit.
    /// Reverts: NotClinician, NotArranged, EmergencyPending.
    function ask(address patient, bytes32 reasonDigest) external {
        _requireClinician(msg.sender);
        if (arrangementOf[patient].duration == 0) revert NotArranged(patient);
        Emergency storage emergency = emergencyOf[patient];
        if (_isAsked(emergency) || _isConfirmed(emergency)) {
            revert EmergencyPending(emergency.first);
        }
        emergencyOf[patient] = Emergency(msg.sender, uint40(block.timestamp), address(0), 0);
        emit Asked(patient, msg.sender, reasonDigest);
    }

    /// @notice A second clinician confirms within the hour: the patient's timer starts.
    /// Reverts: NotClinician, NothingPending, OneClinicianAlone.
    function confirm(address patient) external {
        _requireClinician(msg.sender);
        Emergency storage emergency = emergencyOf[patient];
        if (!_isAsked(emergency)) revert Errors.NothingPending();
        if (emergency.first == msg.sender) revert OneClinicianAlone(msg.sender);
        uint40 readyAt = uint40(block.timestamp + arrangementOf[patient].wait);
        emergency.second = msg.sender;
        emergency.readyAt = readyAt;
        emit Confirmed(patient, msg.sender, readyAt);
    }

    /// @notice The patient says no, at any time before it is opened; both have to begin again.
    /// Reverts: NotController, NothingPending.
    function veto(address patient) external {
        _requireController(patient);
        if (emergencyOf[patient].first == address(0)) revert Errors.NothingPending();
        delete emergencyOf[patient];
        emit Vetoed(patient);
    }

    /// @notice One of the two opens, within a day after the timer; both must be clinicians still.
    /// Reverts: NothingPending, TooEarly, NotClinician, and as ContractDoctor.grant
    /// (DelegationEnded, ProfileChanged, DelegateOutOfScope, ...).
    function open(address patient) external {
        Emergency memory emergency = emergencyOf[patient];
        if (!_isConfirmed(emergencyOf[patient])) revert Errors.NothingPending();
        if (block.timestamp < emergency.readyAt) revert Errors.TooEarly(emergency.readyAt);
        if (msg.sender != emergency.first && msg.sender != emergency.second) {
            revert NotClinician(msg.sender);
        }
        _requireClinician(emergency.first);
        _requireClinician(emergency.second);
        delete emergencyOf[patient];
        uint40 expiry = uint40(block.timestamp + arrangementOf[patient].duration);
        emit Opened(patient, msg.sender, expiry);
        _grant(patient, expiry);
    }

    function _grant(address patient, uint40 expiry) private {
        Arrangement memory arrangement = arrangementOf[patient];
        DOCTORS.grant(
            patient,
            DESK,
            arrangement.profile,
            arrangement.scope,
            expiry,
            Words.KIND_CATEGORIES,
            DOCTORS.epochOf(patient),
            DOCTORS.grantOf(patient, DESK).expiry,
            arrangement.envelopeDigest
        );
    }

    /// @dev Whether one has asked lately, and nobody has confirmed.
    function _isAsked(Emergency storage emergency) private view returns (bool) {
        return emergency.first != address(0) && emergency.second == address(0)
            && block.timestamp <= emergency.askedAt + CONFIRM_WITHIN;
    }

    /// @dev Whether two have agreed, and it may be opened now or soon.
    function _isConfirmed(Emergency storage emergency) private view returns (bool) {
        return emergency.second != address(0) && block.timestamp <= emergency.readyAt + OPEN_WITHIN;
    }

    function _requireController(address patient) private view {
        if (msg.sender != USERS.controllerOf(patient)) {
            revert Errors.NotController(patient, msg.sender);
        }
    }

    /// @dev Reverts unless somebody is a verified doctor who may look by way of the desk, with a
    /// wallet that was not replaced.
    function _requireClinician(address clinician) private view {
        IUserAuthentication.Delegation memory delegation = USERS.delegateOf(DESK, clinician);
        (,,, uint8 status,) = DOCTORS.doctorOf(clinician);
        bool fit = status == Words.DOCTOR_VERIFIED && delegation.expiry > block.timestamp
            && !delegation.lapsed && delegation.powers & Words.POWER_LOG != 0
            && USERS.controllerOf(clinician) == clinician;
        if (!fit) revert NotClinician(clinician);
    }
}
